import { execFileSync } from 'node:child_process';
import * as path from 'node:path';

const PROJECT = path.resolve(__dirname, '..', '..', '..');

it('releases the memory, listeners and timers of 12,000 queries when they have ended', () => {
  const script = path.join(PROJECT, 'test', 'client', 'support', 'many-queries.ts');
  const output = execFileSync(process.execPath, ['--expose-gc', '--import', 'tsx', script], { cwd: PROJECT, encoding: 'utf8' });
  const { queries, grownBytes, listeners, timers } = JSON.parse(output);
  expect(queries).toBe(12_000);
  expect(listeners).toBe(0);
  // The timers of the connection: silence, age and idle timeout.
  expect(timers).toBeLessThanOrEqual(3);
  // One retained query in ten exceeds this.
  expect(grownBytes).toBeLessThan(1_000_000);
}, 120_000);

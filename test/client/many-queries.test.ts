import { execFileSync } from 'node:child_process';
import * as path from 'node:path';

const PROJECT = path.resolve(__dirname, '..', '..');

test('after 12,000 queries, ended in every way there is, nothing of them is left', () => {
  const script = path.join(__dirname, 'many-queries.ts');
  const output = execFileSync(process.execPath, ['--expose-gc', '--import', 'tsx', script], { cwd: PROJECT, encoding: 'utf8' });
  const { queries, grownBytes, listeners, timers } = JSON.parse(output);
  expect(queries).toBe(12_000);
  expect(listeners).toBe(0);
  // The silence and the age of the connection, and its being idle.
  expect(timers).toBeLessThanOrEqual(3);
  // One retained query in ten would be more.
  expect(grownBytes).toBeLessThan(1_000_000);
}, 120_000);

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleClients, writeDefinitions } from './bundles';
import { FUNCTIONS } from './functions';
import { measure } from './measure';
import type { Measurement } from './measure';
import { build } from '../../local/cli/build';
import { Steps } from '../../local/cli/steps';
import { parseInteger } from '../integer-option';
import { describeMachine } from '../report/machine';
import { formatTable, withoutPadding } from '../report/markdown-table';
import { writePerformancePage } from '../report/performance-page';

const WRITE_DOCS = 'npm run bench -- initialization --write-docs';

const HELP = `Measures the initialization of each function against the bare AWS SDK clients that it needs.

  npm run bench -- initialization [OPTIONS]

  --rounds N     number of measurements, of which the median is reported (default 15)
  --write-docs   write the table into docs/performance.md, too
  --json         print a JSON document instead of the table
  --help         print this help

Standard output contains only the document or the table. bench/README.md explains the columns.
`;

/** Runs `npm run bench -- initialization`. */
export async function runInitializationBenchmark(args: readonly string[]): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ args: [...args], options: { 'rounds': { type: 'string', default: '15' }, 'write-docs': flag, 'json': flag, 'help': flag } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const rounds = parseInteger('--rounds', values.rounds, 1);
  const measurements = await measureAll(rounds);
  const table = tableOf(measurements);
  process.stdout.write(`${values.json ? JSON.stringify({ node: process.version, rounds, measurements }, null, 2) : table}\n`);
  if (values['write-docs']) {
    writePerformancePage(WRITE_DOCS, [`${describeMachine()}; ${rounds} rounds.`, withoutPadding(table)]);
  }
}

async function measureAll(rounds: number): Promise<Measurement[]> {
  const steps = new Steps();
  await build(steps);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'benchmark-'));
  try {
    const modules = writeDefinitions(path.join(directory, 'node_modules'));
    const measurements: Measurement[] = [];
    for (const bundled of FUNCTIONS) {
      const progress = steps.progress('rounds');
      let done = 0;
      measurements.push(await steps.step(`Measuring ${bundled.name}`, async () => {
        const bundles = bundleClients(bundled, directory);
        return measure(bundled, bundles, modules, rounds, () => progress.update(done += 1, rounds)).finally(() => progress.stop());
      }));
    }
    return measurements;
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

function tableOf(measurements: readonly Measurement[]): string {
  return formatTable(['Function', 'Clients', 'CPU time', 'CPU time of the clients', 'Ratio'],
    measurements.map(({ function: name, clients, ownMs, bareMs, ratio }) =>
      [name, String(clients.length), `${ownMs.toFixed(0)} ms`, `${bareMs.toFixed(0)} ms`, ratio?.toFixed(2) ?? '–']));
}

import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleClients, writeDefinitions } from './bundles';
import { FUNCTIONS } from './functions';
import { measure } from './measure';
import type { Measurement } from './measure';
import { build } from '../../local/cli/build';
import { Steps } from '../../local/cli/steps';
import { parseInteger } from '../integer-option';
import { formatTable } from '../report/markdown-table';
import { withProgress } from '../report/progress';
import { writeReport } from '../report/report';
import { withTemporaryDirectory } from '../temporary-directory';

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
  writeReport({ json: values.json, writeDocs: values['write-docs'] }, {
    command: WRITE_DOCS,
    settings: `${rounds} rounds`,
    tables: [tableOf(measurements)],
    document: { node: process.version, rounds, measurements },
  });
}

async function measureAll(rounds: number): Promise<Measurement[]> {
  const steps = new Steps();
  await build(steps);
  return withTemporaryDirectory(async (directory) => {
    const modules = writeDefinitions(path.join(directory, 'node_modules'));
    const measurements: Measurement[] = [];
    for (const bundled of FUNCTIONS) {
      measurements.push(await withProgress(steps, `Measuring ${bundled.name}`, { unit: 'rounds', total: rounds }, async (onRound) =>
        measure(bundled, bundleClients(bundled, directory), modules, rounds, onRound)));
    }
    return measurements;
  });
}

function tableOf(measurements: readonly Measurement[]): string {
  return formatTable(['Function', 'Clients', 'CPU time', 'CPU time of the clients', 'Ratio'],
    measurements.map(({ function: name, clients, ownMs, bareMs, ratio }) =>
      [name, String(clients.length), `${ownMs.toFixed(0)} ms`, `${bareMs.toFixed(0)} ms`, ratio?.toFixed(2) ?? '–']));
}

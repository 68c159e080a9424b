import { parseArgs } from 'node:util';
import { bundleDelivery, measure } from './measure';
import type { Measurement } from './measure';
import { Steps } from '../../local/cli/steps';
import { parseInteger } from '../integer-option';
import { formatTable } from '../report/markdown-table';
import { withProgress } from '../report/progress';
import { writeReport } from '../report/report';
import { withTemporaryDirectory } from '../temporary-directory';

const WRITE_DOCS = 'npm run bench -- memory --write-docs';
const DEFAULTS = { pages: '1,10,100', rows: '1000', rounds: '3' };

const HELP = `Measures the memory of delivering a result of many pages, against a result of one page.

  npm run bench -- memory [OPTIONS]

  --pages N,...  numbers of pages, of which the first is the reference (default ${DEFAULTS.pages})
  --rows N       rows of a page (default ${DEFAULTS.rows})
  --rounds N     number of measurements, of which the median is reported (default ${DEFAULTS.rounds})
  --write-docs   write the table into docs/performance.md, too
  --json         print a JSON document instead of the table
  --help         print this help

Standard output contains only the document or the table. bench/README.md explains the columns.
`;

/** Runs `npm run bench -- memory`. */
export async function runMemoryBenchmark(args: readonly string[]): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const string = (name: keyof typeof DEFAULTS) => ({ type: 'string', default: DEFAULTS[name] }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: { 'pages': string('pages'), 'rows': string('rows'), 'rounds': string('rounds'), 'write-docs': flag, 'json': flag, 'help': flag },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const counts = values.pages.split(',').map((count) => parseInteger('--pages', count, 1));
  const rowsOfPage = parseInteger('--rows', values.rows, 1);
  const rounds = parseInteger('--rounds', values.rounds, 1);
  const measurements = await measureAll(counts, rowsOfPage, rounds);
  writeReport({ json: values.json, writeDocs: values['write-docs'] }, {
    command: WRITE_DOCS,
    settings: `${rounds} rounds, pages of ${rowsOfPage} rows`,
    tables: [tableOf(measurements)],
    document: { node: process.version, rowsOfPage, rounds, measurements },
  });
}

async function measureAll(counts: readonly number[], rowsOfPage: number, rounds: number): Promise<Measurement[]> {
  const steps = new Steps();
  return withTemporaryDirectory(async (directory) => {
    const bundle = await bundleDelivery(directory);
    const measurements: Measurement[] = [];
    for (const pages of counts) {
      measurements.push(await withProgress(steps, `Delivering ${pages} pages`, { unit: 'rounds', total: rounds }, async (onRound) =>
        measure(bundle, pages, rowsOfPage, rounds, onRound)));
    }
    return measurements;
  });
}

function tableOf(measurements: readonly Measurement[]): string {
  const [{ retainedBytes: reference }] = measurements;
  return formatTable(['Pages', 'Size of a page', 'Memory in use', '× the first row', '× a page', 'Peak of the process'],
    measurements.map(({ pages, pageBytes, retainedBytes, peakBytes }) =>
      [pages.toLocaleString('en-US'), kilobytes(pageBytes), kilobytes(retainedBytes), ratio(retainedBytes / reference), ratio(retainedBytes / pageBytes), kilobytes(peakBytes)]));
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024).toLocaleString('en-US')} KB`;
}

function ratio(value: number): string {
  return value.toFixed(1);
}

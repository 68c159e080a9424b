import { parseArgs } from 'node:util';
import { ROWS_OF_PAGE } from './encodings';
import { measureLevels } from './levels';
import { blockingOf, measure } from './measure';
import { blockingSentence, formatTableOf, levelTableOf } from './tables';
import { readTrips } from './trips';
import { Steps } from '../../local/cli/steps';
import { COMPRESSION_LEVEL } from '../../src/runtime/results/message-batch';
import { parseInteger } from '../integer-option';
import { withProgress } from '../report/progress';
import { writeReport } from '../report/report';
import type { OutputOptions } from '../report/report';

const WRITE_DOCS = 'npm run bench -- --write-docs';
const WRITE_DOCS_OF_FILE = 'npm run bench -- --data FILE --write-docs';

const HELP = `Encodes taxi trips in the formats of a result, and reports the cost of each.

  npm run bench -- [OPTIONS]

Other benchmarks, each with its own --help:

  npm run bench -- initialization
  npm run bench -- memory
  npm run bench -- pipeline

Options:

  --data FILE    read trips from a file, with fields separated by | in the column order of
                 examples/taxi-by-month/sql/create-table.sql, and repeat them up to N rows
                 (default: generated trips)
  --rows N       number of trips (default 100000)
  --rounds N     number of measurements, of which the median is reported (default 7)
  --write-docs   write the tables into docs/performance.md, too
  --json         print a JSON document instead of the tables
  --help         print this help

Standard output contains only the document or the tables. CPU time is relative to JSON.stringify of the same rows, measured
just before in the same round.
`;

interface Options extends OutputOptions {
  readonly rows: number;
  readonly rounds: number;
  readonly data?: string;
}

/** Runs `npm run bench` without the name of a benchmark. */
export async function runEncodingBenchmark(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const { rows, rounds, data } = options;
  const steps = new Steps();
  const counted = { unit: 'rounds', total: rounds };
  const trips = await steps.step(`Reading ${rows} trips`, async () => readTrips(rows, data));
  const measurements = await withProgress(steps, 'Encoding the trips', counted, async (onRound) => measure(trips, rounds, onRound));
  const levels = await withProgress(steps, 'Compressing the messages', counted, async (onRound) => measureLevels(trips, rounds, onRound));
  const blocking = blockingOf(trips);
  const tables = [formatTableOf(measurements), levelTableOf(levels, COMPRESSION_LEVEL), blockingSentence(blocking, ROWS_OF_PAGE)];
  const source = { rows, rowsOfPage: ROWS_OF_PAGE, trips: trips.description, rounds, node: process.version };
  writeReport(options, {
    command: data === undefined ? WRITE_DOCS : WRITE_DOCS_OF_FILE,
    settings: `${rows.toLocaleString('en-US')} trips in pages of ${ROWS_OF_PAGE.toLocaleString('en-US')} rows; ${rounds} rounds`,
    tables,
    document: { ...source, measurements, levels, blocking },
  });
}

function parseOptions(args: readonly string[]): Options | undefined {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      'data': { type: 'string' },
      'rows': { type: 'string', default: '100000' },
      'rounds': { type: 'string', default: '7' },
      'write-docs': flag,
      'json': flag,
      'help': flag,
    },
  });
  const { data, json, help, 'write-docs': writeDocs } = values;
  return help ? undefined : { rows: parseInteger('--rows', values.rows, 1), rounds: parseInteger('--rounds', values.rounds, 1), data, json, writeDocs };
}

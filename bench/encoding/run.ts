import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { ROWS_OF_PAGE } from './encodings';
import { blockingOf, measure } from './measure';
import type { Blocking, Measurement } from './measure';
import { readTrips } from './trips';
import { parseInteger } from '../integer-option';

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
  --json         print a JSON document instead of the table
  --help         print this help

Standard output contains only the document or the table. CPU time is relative to JSON.stringify of the same rows, measured
just before in the same round.
`;

interface Options {
  readonly rows: number;
  readonly rounds: number;
  readonly data?: string;
  readonly json: boolean;
}

/** Runs `npm run bench` without the name of a benchmark. */
export async function runEncodingBenchmark(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const { rows, rounds, data, json } = options;
  process.stderr.write(`reading ${rows} trips\n`);
  const trips = await readTrips(rows, data);
  const measurements = await measure(trips, rounds, (round) => process.stderr.write(round === 0 ? 'warming up\n' : `round ${round} of ${rounds}\n`));
  const blocking = blockingOf(trips);
  const source = { rows, rowsOfPage: ROWS_OF_PAGE, trips: trips.description, rounds, node: process.version };
  process.stdout.write(json ? `${JSON.stringify({ ...source, measurements, blocking }, null, 2)}\n` : `${tableOf(measurements)}\n${sentencesOf(blocking)}\n`);
}

function parseOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      rows: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '7' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { data, json, help } = values;
  return help ? undefined : { rows: parseInteger('--rows', values.rows, 1), rounds: parseInteger('--rounds', values.rounds, 1), data, json };
}

function tableOf(measurements: readonly Measurement[]): string {
  const table = new Table({
    head: ['Format', 'Bytes', 'Messages', 'Billed units', 'Fill', 'CPU, × JSON.stringify'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  table.push(...measurements.map(({ name, bytes, messages, units, fill, cpu }) => [
    name, bytes.toLocaleString('en-US'), messages, units, `${(100 * fill).toFixed(1)} %`,
    cpu === undefined ? '' : `${cpu.median.toFixed(1)} (${cpu.min.toFixed(1)} to ${cpu.max.toFixed(1)}); ${cpu.medianMs.toFixed(0)} ms`,
  ]));
  return table.toString();
}

function sentencesOf({ encodingPage, unpackingBatch }: ReturnType<typeof blockingOf>): string {
  const times = ({ median, p95 }: Blocking) => `${median.toFixed(1)} ms (p95 ${p95.toFixed(1)} ms)`;
  return `A page of ${ROWS_OF_PAGE} rows is encoded as batches in ${times(encodingPage)}; a batch is decompressed in ${times(unpackingBatch)}.`;
}

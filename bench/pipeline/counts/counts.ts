import * as fs from 'node:fs';
import * as path from 'node:path';
import { COUNTS_FILE } from './counts-file';
import type { Counts, CountsFile } from './counts-file';
import type { Steps } from '../../../local/cli/steps';
import { withProgress } from '../../report/progress';
import { median } from '../../statistics';
import { USAGE_NAMES } from '../../usage';
import type { Usage } from '../../usage';
import type { Application } from '../application/application';
import { DEFAULT_LATENCIES } from '../latency/latencies';
import type { Latencies } from '../latency/latencies';
import { sample, warmUp } from '../measurement/measure';
import type { RecordedCall, Recording } from '../usage/meter';

const COMMAND = 'npm run bench -- pipeline --write-counts';
/** The statement ends while the function waits, after the wait, and after the first check. */
export const SQL_MILLISECONDS = [500, 1100, 5000] as const;
export const VIEWERS = [1, 20] as const;
export const ROWS = [31, 20_000] as const;

/** Latencies at which counts don't depend on the speed of the machine: the event arrives after the function that waits has delivered the result. */
export const COUNT_LATENCIES: Latencies = { ...DEFAULT_LATENCIES, event: 2000 };

const DECIMALS = 1e6;
const SAMPLES = 3;

/** Counts all cases of the cost model, and writes the file. */
export async function writeCounts(application: Application, steps: Steps): Promise<void> {
  const counts: Counts[] = [];
  for (const viewers of VIEWERS) {
    counts.push(...await withProgress(steps, `Counting the calls of ${viewers} viewers`, { unit: 'queries', total: SAMPLES * SQL_MILLISECONDS.length * ROWS.length },
      async (onQuery) => countAll(application, viewers, SQL_MILLISECONDS, ROWS, onQuery)));
  }
  fs.writeFileSync(COUNTS_FILE, `${JSON.stringify({ command: COMMAND, counts } satisfies CountsFile, null, 2)}\n`);
  steps.writeLine(`  Wrote ${path.relative(process.cwd(), COUNTS_FILE)}.`);
}

/** Counts the calls of queries that run alone. */
export async function countAll(
  application: Application, viewerCount: number, sqlMilliseconds: readonly number[], rows: readonly number[], onQuery = () => {},
): Promise<Counts[]> {
  const [pipeline] = application.implementations;
  application.meter.areQueueEventsBilled = true;
  const viewers = await Promise.all(Array.from({ length: viewerCount }, async () => application.connect(pipeline)));
  await warmUp(application, viewers);
  const counts: Counts[] = [];
  for (const milliseconds of sqlMilliseconds) {
    for (const rowCount of rows) {
      const samples = await sample(application, viewers, { sqlMilliseconds: milliseconds, rows: rowCount }, SAMPLES, onQuery);
      counts.push({ sqlMilliseconds: milliseconds, viewers: viewerCount, rows: rowCount, ...medianOf(samples) });
    }
  }
  await Promise.all(viewers.map(async (viewer) => viewer.close()));
  await application.drain();
  application.meter.reset();
  return counts;
}

/** The medians of several queries. A disturbance of one has no effect. */
function medianOf(samples: readonly Recording[]): Pick<Counts, 'calls' | 'usage'> {
  const calls = samples.map((recording) => countOperations(recording.calls));
  const names = [...new Set(calls.flatMap((counts) => Object.keys(counts)))].sort();
  return {
    calls: Object.fromEntries(names.map((name) => [name, median(calls.map((counts) => counts[name] ?? 0))])),
    usage: Object.fromEntries(USAGE_NAMES.map((name) =>
      [name, Math.round(median(samples.map(({ usage }) => usage[name])) * DECIMALS) / DECIMALS])) as unknown as Usage,
  };
}

function countOperations(calls: readonly RecordedCall[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { service, operation } of calls) {
    const name = `${service} ${operation}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

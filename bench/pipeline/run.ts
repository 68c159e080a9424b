import { Application } from './application/application';
import type { Implementation } from './application/application';
import { COUNT_LATENCIES, writeCounts } from './counts/counts';
import { measure, sampleCount, warmUp } from './measurement/measure';
import type { Measurement } from './measurement/measure';
import { PIPELINE_HELP, parsePipelineOptions } from './options';
import type { PipelineOptions } from './options';
import { millionQueries, tablesOf } from './tables';
import { build } from '../../local/cli/build';
import { Steps } from '../../local/cli/steps';
import { readPrices } from '../prices';
import { describeMachine } from '../report/machine';
import { withoutPadding } from '../report/markdown-table';
import { writePerformancePage } from '../report/performance-page';
import { withProgress } from '../report/progress';

const WRITE_DOCS = 'npm run bench -- pipeline --write-docs';

/** Runs `npm run bench -- pipeline`. */
export async function runPipelineBenchmark(args: readonly string[]): Promise<void> {
  const options = parsePipelineOptions(args);
  if (options === undefined) {
    process.stdout.write(PIPELINE_HELP);
    return;
  }
  const steps = new Steps();
  await build(steps);
  const application = await steps.step('Starting the local AWS', async () => Application.start(options.writeCounts ? COUNT_LATENCIES : options.latencies));
  try {
    if (options.writeCounts) {
      await writeCounts(application, steps);
      return;
    }
    report(await measureAll(application, options, steps), options);
  } finally {
    await application.close();
  }
}

async function measureAll(application: Application, options: PipelineOptions, steps: Steps): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const viewers of options.viewers) {
    for (const implementation of application.implementations) {
      measurements.push(...await measureImplementation(application, implementation, viewers, options, steps));
    }
  }
  return measurements;
}

async function measureImplementation(
  application: Application, implementation: Implementation, count: number, pipelineOptions: PipelineOptions, steps: Steps,
): Promise<Measurement[]> {
  const { rows, intervalMilliseconds } = pipelineOptions;
  const queries = count === 1 ? pipelineOptions.queries : pipelineOptions.sharedQueries;
  // On AWS, the rule invokes the function of the baseline without a queue.
  application.meter.areQueueEventsBilled = !implementation.isBaseline;
  const viewers = await Promise.all(Array.from({ length: count }, async () => application.connect(implementation)));
  await steps.step(`Warming up ${implementation.name}`, async () => warmUp(application, viewers));
  const measurements: Measurement[] = [];
  for (const sqlMilliseconds of pipelineOptions.sqlMilliseconds) {
    const options = { implementation, sqlMilliseconds, viewers: count, rows, queries, intervalMilliseconds };
    const name = `Measuring ${implementation.name}: ${sqlMilliseconds} ms of SQL, ${count} viewers`;
    measurements.push(await withProgress(steps, name, { unit: 'queries', total: sampleCount(options) + queries }, async (onQuery) =>
      measure(application, viewers, options, onQuery)));
  }
  await Promise.all(viewers.map(async (viewer) => viewer.close()));
  await application.drain();
  application.meter.reset();
  return measurements;
}

function report(measurements: readonly Measurement[], options: PipelineOptions): void {
  const { capacity, latencies, json, writeDocs } = options;
  const prices = readPrices();
  const tables = tablesOf(measurements, prices, capacity);
  if (json) {
    const results = measurements.map((measurement) => ({ ...measurement, dollarsPerMillion: millionQueries(measurement, prices, capacity) }));
    process.stdout.write(`${JSON.stringify({ node: process.version, latencies, capacity, prices: prices.date, measurements: results }, null, 2)}\n`);
  } else {
    process.stdout.write(tables.map(({ title, content }) => `${title}\n\n${content}\n`).join('\n'));
  }
  if (writeDocs) {
    writePerformancePage(WRITE_DOCS, [settingsOf(options), ...tables.flatMap(({ title, content }) => [`## ${title}`, withoutPadding(content)])]);
  }
}

function settingsOf({ queries, sharedQueries, rows, latencies }: PipelineOptions): string {
  const times = Object.entries(latencies).map(([name, milliseconds]) => `${name} ${milliseconds}`).join(', ');
  return [
    `${describeMachine()}; ${queries} queries of one viewer, ${sharedQueries} queries of several; ${rows} rows.`,
    `Latencies in milliseconds: ${times}.`,
  ].join('\n');
}

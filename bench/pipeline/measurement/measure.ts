import { setTimeout as sleep } from 'node:timers/promises';
import { sequencesOf } from './sequences';
import type { Sequences } from './sequences';
import { mean, median, percentile } from '../../statistics';
import { addUsage } from '../../usage';
import type { Usage } from '../../usage';
import type { Application, Implementation } from '../application/application';
import type { Arrival, Viewer } from '../application/viewer';
import type { Recording } from '../usage/meter';

/** One row of the report: an implementation, a duration of the SQL, and a number of viewers. */
export interface Case {
  readonly implementation: Implementation;
  readonly sqlMilliseconds: number;
  readonly viewers: number;
  readonly rows: number;
  /** Number of queries, each submitted by all viewers. */
  readonly queries: number;
  /** Time between two queries of one viewer. With several viewers, a query starts when the previous one is complete. */
  readonly intervalMilliseconds: number;
}

/** Average per query. */
export interface FunctionMeasurement {
  readonly name: string;
  readonly memoryMb: number;
  readonly invocations: number;
  readonly milliseconds: number;
}

export interface Measurement extends Omit<Case, 'implementation' | 'intervalMilliseconds'> {
  readonly implementation: string;
  /** The median of queries that ran alone. With several viewers, the calls of several invocations can't be distinguished. */
  readonly sequences?: Sequences;
  /** Average number of calls per query. */
  readonly calls: number;
  /** Average per query. */
  readonly usage: Usage;
  readonly functions: readonly FunctionMeasurement[];
  /** Time of Redshift per query, in seconds. */
  readonly redshiftSeconds: number;
  /** Time above the duration of the SQL from the submission to the last row, in milliseconds. */
  readonly overhead: { readonly median: number; readonly p99: number };
}

/** A query that ran alone, with its delayed jobs. */
export interface Sample extends Recording {
  readonly sequences: Sequences;
  /** Time of Redshift, in seconds. */
  readonly redshiftSeconds: number;
}

type QueryOptions = Pick<Case, 'sqlMilliseconds' | 'rows'>;

/** Called when a query is complete. */
export type OnQuery = () => void;

/** With many viewers, one query is an average of many. */
const MAX_SAMPLES = { one: 10, several: 3 };
const WARM_UPS = 4;

let keys = 0;

/** Starts the execution environments of an implementation. */
export async function warmUp(application: Application, viewers: readonly Viewer[]): Promise<void> {
  const some = viewers.slice(0, WARM_UPS);
  for (let round = 0; round < WARM_UPS; round += some.length) {
    await Promise.all(Array.from({ length: WARM_UPS }, async () => submit(application, some, { sqlMilliseconds: 50, rows: 31 })));
  }
  await application.drain();
  application.meter.reset();
}

/** Runs queries alone, one after the other, and records each. */
export async function sample(
  application: Application, viewers: readonly Viewer[], options: QueryOptions, count: number, onQuery: OnQuery,
): Promise<Sample[]> {
  const { database, meter } = application;
  const samples: Sample[] = [];
  for (let index = 0; index < count; index += 1) {
    const [endsBefore, timeBefore] = [database.endedAt.length, database.milliseconds];
    const { arrivals: [{ submittedAt }] } = await submit(application, viewers, options);
    await application.drain();
    const recording = meter.reset();
    const sequences = sequencesOf(recording.calls, submittedAt, database.endedAt[endsBefore]);
    onQuery();
    samples.push({ ...recording, sequences, redshiftSeconds: (database.milliseconds - timeBefore) / 1000 });
  }
  return samples;
}

/** Number of queries that run alone. */
export function sampleCount({ queries, viewers }: Pick<Case, 'queries' | 'viewers'>): number {
  return Math.min(queries, viewers === 1 ? MAX_SAMPLES.one : MAX_SAMPLES.several);
}

/** Measures a case: first the calls of queries that run alone, then the times of all queries. */
export async function measure(application: Application, viewers: readonly Viewer[], options: Case, onQuery: OnQuery): Promise<Measurement> {
  const { implementation, sqlMilliseconds, rows, queries } = options;
  const samples = await sample(application, viewers, options, sampleCount(options), onQuery);
  const results = viewers.length === 1
    ? await submitAtIntervals(application, viewers, options, onQuery)
    : await submitInTurn(application, viewers, options, onQuery);
  await application.drain();
  application.meter.reset();
  const overheads = results.flatMap(({ arrivals, statementMilliseconds }) =>
    arrivals.map(({ submittedAt, rowsAt }) => rowsAt - submittedAt - statementMilliseconds));
  return {
    implementation: implementation.name,
    sqlMilliseconds,
    viewers: viewers.length,
    rows,
    queries,
    ...viewers.length === 1 ? { sequences: medianSequences(samples.map(({ sequences }) => sequences)) } : {},
    calls: mean(samples.map(({ calls }) => calls.length)),
    usage: addUsage(...samples.map(({ usage }) => [usage, 1 / samples.length] as const)),
    functions: averageFunctions(samples, application.stack.memorySizes),
    redshiftSeconds: mean(samples.map(({ redshiftSeconds }) => redshiftSeconds)),
    overhead: { median: median(overheads), p99: percentile(overheads, 0.99) },
  };
}

/** A query that is complete for all viewers. */
interface Result {
  readonly arrivals: readonly Arrival[];
  readonly statementMilliseconds: number;
}

async function submitAtIntervals(application: Application, viewers: readonly Viewer[], options: Case, onQuery: OnQuery): Promise<Result[]> {
  const results: Promise<Result>[] = [];
  for (let query = 0; query < options.queries; query += 1) {
    const result = submit(application, viewers, options).finally(onQuery);
    // A failure is reported below.
    result.catch(() => undefined);
    results.push(result);
    await sleep(options.intervalMilliseconds);
  }
  return Promise.all(results);
}

async function submitInTurn(application: Application, viewers: readonly Viewer[], options: Case, onQuery: OnQuery): Promise<Result[]> {
  const results: Result[] = [];
  for (let query = 0; query < options.queries; query += 1) {
    results.push(await submit(application, viewers, options));
    onQuery();
  }
  return results;
}

/**
 * All viewers submit the same query. This machine needs seconds to receive the messages of many viewers. A shared statement therefore doesn't end before
 * the queries of all viewers are accepted.
 */
async function submit(
  { database }: Application, viewers: readonly Viewer[], { sqlMilliseconds: milliseconds, rows }: QueryOptions,
): Promise<Result> {
  keys += 1;
  const key = `query-${keys}`;
  const release = viewers.length > 1 && viewers[0].reportsAcceptance ? database.hold(key) : () => {};
  let accepted = 0;
  const onAccepted = () => {
    accepted += 1;
    if (accepted === viewers.length) {
      release();
    }
  };
  const arrivals = await Promise.all(viewers.map(async (viewer) => viewer.submit({ key, milliseconds, rows }, onAccepted)));
  return { arrivals, statementMilliseconds: database.heldMilliseconds(key) ?? milliseconds };
}

function medianSequences(sequences: readonly Sequences[]): Sequences {
  return {
    untilStatement: median(sequences.map(({ untilStatement }) => untilStatement)),
    untilRows: median(sequences.map(({ untilRows }) => untilRows)),
  };
}

function averageFunctions(samples: readonly Sample[], memorySizes: Readonly<Record<string, number>>): FunctionMeasurement[] {
  const logicalIds = [...new Set(samples.flatMap(({ functions }) => Object.keys(functions)))];
  return logicalIds.map((logicalId) => ({
    name: shortName(logicalId),
    memoryMb: memorySizes[logicalId],
    invocations: mean(samples.map(({ functions }) => functions[logicalId]?.invocations ?? 0)),
    milliseconds: mean(samples.map(({ functions }) => functions[logicalId]?.milliseconds ?? 0)),
  }));
}

function shortName(logicalId: string): string {
  return /(On[A-Z][a-z]+|SendMessage)/.exec(logicalId)?.[1] ?? logicalId;
}

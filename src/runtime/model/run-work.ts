import { LeaseLostError } from './errors';
import type { RunJob } from './jobs';
import type { Lease, ResultPage, StatementDescription } from './ports';
import type { Subscriber } from './request';
import type { RequestWork } from './request-work';
import type { Run } from './run';
import type { QueryServices } from './services';

/** A run whose lease is held. */
export interface HeldRun {
  readonly lease: Lease;
  /** Whether this worker created the run. */
  readonly isNew?: boolean;
  run: Run;
}

/** What a worker reads about the finished statement of a run while it acquires the run. */
export interface ReadAhead {
  readonly statementId: string;
  /** In milliseconds since the epoch. */
  readonly startedAt: number;
  readonly description: Promise<StatementDescription>;
  /** Removed when it is used, because its rows can be read once. */
  firstPage?: Promise<ResultPage>;
  readonly subscribers?: Promise<Subscriber[]>;
}

/** A run whose lease this worker holds until the deadline. */
export interface RunWork extends HeldRun {
  readonly job: RunJob;
  /** In milliseconds since the epoch. */
  readonly deadline: number;
  /** Number of previous workers in a row that crashed. */
  readonly crashes: number;
  readonly ahead?: ReadAhead;
  /** Acquires requests that receive the result as soon as it is stored. */
  readonly acquireRequests?: () => Promise<RequestWork[]>;
}

/**
 * The next check: after a number of seconds, immediately for `more`, or never because the run is `removed`. `released`: the lease is released, and a
 * pending check continues if necessary.
 */
export type NextCheck = number | 'more' | 'removed' | 'released';

/** Saves changes to a run and optionally releases the lease. Throws LeaseLostError if the lease was lost. */
export async function saveRun({ store }: Pick<QueryServices, 'store'>, work: HeldRun, changes: Partial<Run>, release?: boolean): Promise<void> {
  if (!await store.saveRun(work.run.run, work.lease, changes, release)) {
    throw new LeaseLostError('the lease of the run was lost');
  }
  work.run = { ...work.run, ...changes };
}

const MIN_CHECK_SECONDS = 5;
const MAX_CHECK_SECONDS = 60;

/** Delay of the next check, in seconds: half the age, from 5 seconds to one minute. */
export function getNextCheckSeconds(ageMs: number): number {
  return Math.min(Math.max(Math.ceil(ageMs / 2000), MIN_CHECK_SECONDS), MAX_CHECK_SECONDS);
}

/** Delay of the next check of a run in flight, in seconds. Never after its timeout. */
export function getNextRunCheckSeconds({ submittedAt, timeoutAt }: Run, now: number): number {
  return Math.max(1, Math.min(getNextCheckSeconds(now - submittedAt), Math.ceil((timeoutAt - now) / 1000)));
}

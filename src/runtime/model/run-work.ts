import { LeaseLostError } from './errors';
import type { RunJob } from './jobs';
import type { Lease } from './ports';
import type { Run } from './run';
import type { Services } from './services';

/** A run that nobody else works on while the lease lasts. */
export interface HeldRun {
  readonly lease: Lease;
  run: Run;
}

/** A run that this worker alone works on until the deadline. */
export interface RunWork extends HeldRun {
  readonly job: RunJob;
  /** In milliseconds since the epoch. */
  readonly deadline: number;
  /** How many workers before this one, in a row, have died at it. */
  readonly crashes: number;
}

/**
 * What is to come: after so many seconds another look, at once more of the same, or nothing since nobody waits for anything or the run was
 * removed.
 */
export type NextCheck = number | 'more' | 'settled' | 'removed';

/** Writes changes of the run and, if asked to, gives the lease back. Throws LeaseLostError when it is no longer ours. */
export async function saveRun({ store }: Pick<Services, 'store'>, work: HeldRun, changes: Partial<Run>, release?: boolean): Promise<void> {
  if (!await store.saveRun(work.run.run, work.lease, changes, release)) {
    throw new LeaseLostError('the run is no longer ours');
  }
  work.run = { ...work.run, ...changes };
}

const SOONEST_CHECK_SECONDS = 5;
const LATEST_CHECK_SECONDS = 60;

/** When to look again at something of an age: the older, the later, from 5 seconds to a minute. In seconds. */
export function nextCheckSeconds(ageMs: number): number {
  return Math.min(Math.max(Math.ceil(ageMs / 2000), SOONEST_CHECK_SECONDS), LATEST_CHECK_SECONDS);
}

/** When to look again at a run in flight: never later than its time limit. In seconds. */
export function nextRunCheckSeconds({ submittedAt, timeoutAt }: Run, now: number): number {
  return Math.max(1, Math.min(nextCheckSeconds(now - submittedAt), Math.ceil((timeoutAt - now) / 1000)));
}

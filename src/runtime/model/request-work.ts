import { LeaseLostError } from './errors';
import type { RequestJob } from './jobs';
import type { Lease } from './ports';
import type { Request } from './request';
import type { Run } from './run';
import type { QueryServices } from './services';

/** A request whose lease this worker holds until the deadline. */
export interface RequestWork {
  readonly job: RequestJob;
  readonly lease: Lease;
  /** In milliseconds since the epoch. */
  readonly deadline: number;
  /** Number of previous workers in a row that crashed. Omitted for none. */
  readonly crashes?: number;
  request: Request;
  /** The run, if its worker has just saved it. */
  savedRun?: Run;
  /** Whether the terminal message was sent and the request removed. */
  ended?: boolean;
}

/** The progress of a request, which its worker changes and then saves. */
export function getProgress({ request: { acceptedSent, queryRequest, seq, pushingMs, stalledAt } }: RequestWork): Partial<Request> {
  return { acceptedSent, queryRequest, seq, pushingMs, stalledAt };
}

/** Saves the progress of the request and other changes. Throws LeaseLostError if the lease was lost. */
export async function saveRequest({ store }: QueryServices, work: RequestWork, changes: Partial<Request>, release?: boolean): Promise<void> {
  const saved = await store.saveRequest(work.request, work.lease, { ...getProgress(work), ...changes }, release);
  if (saved === undefined) {
    throw new LeaseLostError('the lease of the request was lost');
  }
  work.request = saved;
}

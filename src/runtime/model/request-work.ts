import { LeaseLostError } from './errors';
import type { RequestJob } from './jobs';
import type { Lease } from './ports';
import type { Request } from './request';
import type { SubmitServices } from './services';

/** A request that this worker alone works on until the deadline. */
export interface RequestWork {
  readonly job: RequestJob;
  readonly lease: Lease;
  /** In milliseconds since the epoch. */
  readonly deadline: number;
  request: Request;
  /** Whether the last word was said, and the request removed. */
  ended?: boolean;
}

/** Writes how far the request got, and the changes. Throws LeaseLostError when it is no longer ours. */
export async function saveRequest({ store }: SubmitServices, work: RequestWork, changes: Partial<Request>, release?: boolean): Promise<void> {
  const { request: { acceptedSent, queryRequest, seq, pushingMs, stalledAt }, lease } = work;
  const saved = await store.saveRequest(work.request, lease, { acceptedSent, queryRequest, seq, pushingMs, stalledAt, ...changes }, release);
  if (saved === undefined) {
    throw new LeaseLostError('the request is no longer ours');
  }
  work.request = saved;
}

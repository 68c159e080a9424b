import { postAccepted } from './accepted-message';
import { acquireLease } from './acquire-lease';
import { postRows } from './post-rows';
import { removeClient } from './subscribers';
import { endRequest, createExhaustedMessage } from './terminal-message';
import { RejectedRequestError, ConnectionGoneError, ServiceBusyError, LeaseLostError } from '../model/errors';
import { resetAttempts, getRetryDelaySeconds } from '../model/jobs';
import type { RequestJob } from '../model/jobs';
import { MAX_CRASHES } from '../model/ports';
import { ACCEPTED_SENT } from '../model/request';
import { saveRequest } from '../model/request-work';
import type { RequestWork } from '../model/request-work';
import { createLease } from '../model/services';
import type { QueryServices } from '../model/services';
import { findRun } from '../runs/join-run';
import { startNewRun } from '../runs/start-run';

/** Advances a request as far as currently possible. */
export async function deliverResult(services: QueryServices, job: RequestJob, deadline: number): Promise<void> {
  const lease = createLease(services, deadline);
  const acquired = await acquireLease(async () => services.store.acquireRequest(job, lease));
  if (acquired.state === 'acquired') {
    await advanceRequest(services, { job, lease, deadline, request: acquired.record, crashes: acquired.crashes });
  } else if (acquired.state !== 'missing') {
    await retryLater(services, job);
  }
}

/** Acquires a request. Returns undefined if it can't be acquired now. */
export async function acquireRequest(services: QueryServices, job: RequestJob, deadline: number): Promise<RequestWork | undefined> {
  const lease = createLease(services, deadline);
  const acquired = await services.store.acquireRequest(job, lease);
  return acquired.state === 'acquired' ? { job, lease, deadline, request: acquired.record, crashes: acquired.crashes } : undefined;
}

/** Releases the lease of a request. If that fails, the lease ends at its deadline. */
export async function releaseRequest(services: QueryServices, work: RequestWork): Promise<void> {
  const { run, connectionId } = work.request;
  await saveRequest(services, work, {}, true)
    .catch((reason) => services.log({ level: 'warn', event: 'lease_not_released', run, connection_id: connectionId, reason: String(reason) }));
}

/** Advances an acquired request as far as currently possible. */
export async function advanceRequest(services: QueryServices, work: RequestWork): Promise<void> {
  const { crashes = 0, request: { seq } } = work;
  try {
    const next = await (crashes < MAX_CRASHES ? takeNextStep(services, work) : takeLastStep(services, work));
    if (!work.ended) {
      await saveRequest(services, work, {}, true);
    }
    if (next === 'more') {
      await services.queue.send(resetAttempts(work.job));
    }
  } catch (error) {
    await recoverRequest(services, work, error, work.request.seq > seq);
  }
}

async function takeNextStep(services: QueryServices, work: RequestWork): Promise<'more' | void> {
  if (work.request.terminalMessage !== undefined) {
    return endRequest(services, work, work.request.terminalMessage);
  }
  if (!work.request.acceptedSent) {
    await sendAccepted(services, work);
    if (work.ended) {
      return undefined;
    }
  }
  return postRows(services, work);
}

async function takeLastStep(services: QueryServices, work: RequestWork): Promise<void> {
  services.log({ level: 'error', event: 'retries_exhausted', job: 'request', run: work.request.run });
  return endRequest(services, work, createExhaustedMessage(work.request));
}

/** Joins a run, sends `accepted`, and starts the run if it is new. */
async function sendAccepted(services: QueryServices, work: RequestWork): Promise<void> {
  let joined;
  try {
    joined = await findRun(services, work.request, work.lease);
  } catch (error) {
    if (error instanceof RejectedRequestError) {
      return endRequest(services, work, JSON.stringify(error.toMessage()));
    }
    throw error;
  }
  if (joined === undefined) {
    throw new LeaseLostError('the lease of the request was lost');
  }
  const { request, newRun } = joined;
  work.request = request;
  await postAccepted(services, joined);
  work.request = { ...request, ...ACCEPTED_SENT };
  if (newRun !== undefined) {
    await startNewRun(services, { ...newRun, isNew: true });
  }
}

/** Handles a failure: defers the request if a retry can succeed, otherwise throws the error. */
export async function recoverRequest(services: QueryServices, work: RequestWork, error: unknown, hasProgressed: boolean): Promise<void> {
  const { job, request: { run, connectionId } } = work;
  if (error instanceof LeaseLostError) {
    services.log({ level: 'warn', event: 'request_lease_lost', run, connection_id: connectionId });
    return;
  }
  if (error instanceof ConnectionGoneError) {
    services.log({ level: 'info', event: 'client_gone', run, connection_id: connectionId });
    await removeClient(services, work.request);
    return;
  }
  await releaseRequest(services, work);
  if (!isTransient(error)) {
    throw error;
  }
  services.log({ level: 'warn', event: 'request_deferred', run, connection_id: connectionId, attempt: job.attempt, reason: error.message });
  await retryLater(services, hasProgressed ? { ...resetAttempts(job), attempt: 0 } : job);
}

export function isTransient(error: unknown): error is ServiceBusyError | ConnectionGoneError {
  return error instanceof ServiceBusyError || error instanceof ConnectionGoneError;
}

async function retryLater({ queue }: QueryServices, job: RequestJob): Promise<void> {
  const attempts = job.attempt + 1;
  await queue.send({ ...job, attempt: attempts }, getRetryDelaySeconds(attempts));
}

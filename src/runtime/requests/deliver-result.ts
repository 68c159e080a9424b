import { createAcceptedMessage } from './accepted-message';
import { acquireLease } from './acquire-lease';
import { createFailureMessage, notify } from './notify';
import { post } from './post';
import { postRows } from './post-rows';
import { removeClient, createSubscriptionJob, removeFromCount } from './subscribers';
import { endRequest, createExhaustedMessage } from './terminal-message';
import { RejectedRequestError, ConnectionGoneError, ServiceBusyError, LeaseLostError } from '../model/errors';
import { resetAttempts, getRetryDelaySeconds } from '../model/jobs';
import type { RequestJob } from '../model/jobs';
import { MAX_CRASHES } from '../model/ports';
import { ACCEPTED_SENT } from '../model/request';
import { saveRequest } from '../model/request-work';
import type { RequestWork } from '../model/request-work';
import { createLease } from '../model/services';
import type { RequestServices } from '../model/services';
import { findRun } from '../runs/join-run';
import { startNewRun, startRun } from '../runs/start-run';

/** Advances a request as far as currently possible. */
export async function deliverResult(services: RequestServices, job: RequestJob, deadline: number): Promise<void> {
  const lease = createLease(services, deadline);
  const acquired = await acquireLease(async () => services.store.acquireRequest(job, lease));
  if (acquired.state === 'acquired') {
    await advanceRequest(services, { job, lease, deadline, request: acquired.record, crashes: acquired.crashes });
    if (job.unstored !== undefined && acquired.record.request !== job.request) {
      await retryLater(services, job);
    }
  } else if (acquired.state === 'busy') {
    await retryLater(services, job);
  } else if (acquired.state === 'held') {
    await retryLater(services, job.unstored === undefined || await isStored(services, job) ? { ...job, unstored: undefined } : job);
  } else if (job.unstored !== undefined) {
    await notifyUnstored(services, job);
  } else {
    await removeSubscription(services, job);
  }
}

/** Removes what a function may have stored for a removed request. */
async function removeSubscription(services: RequestServices, job: RequestJob): Promise<void> {
  await removeFromCount(services, job);
  if (job.run !== undefined && job.request !== undefined) {
    await services.store.unsubscribe(job.run, job.request);
  }
}

/** Acquires a request. Returns undefined if it can't be acquired now. */
export async function acquireRequest(services: RequestServices, job: RequestJob, deadline: number): Promise<RequestWork | undefined> {
  const lease = createLease(services, deadline);
  const acquired = await services.store.acquireRequest(job, lease);
  return acquired.state === 'acquired' ? { job, lease, deadline, request: acquired.record, crashes: acquired.crashes } : undefined;
}

/** Releases the lease of a request. If that fails, the lease ends at its deadline. */
export async function releaseRequest(services: RequestServices, work: RequestWork): Promise<void> {
  const { run, connectionId } = work.request;
  await saveRequest(services, work, {}, true)
    .catch((reason) => services.log({ level: 'warn', event: 'lease_not_released', run, connection_id: connectionId, reason: String(reason) }));
}

/** Advances an acquired request as far as currently possible. */
export async function advanceRequest(services: RequestServices, work: RequestWork): Promise<void> {
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

async function takeNextStep(services: RequestServices, work: RequestWork): Promise<'more' | void> {
  if (work.request.terminalMessage !== undefined) {
    return endRequest(services, work, work.request.terminalMessage);
  }
  if (!work.request.acceptedSent) {
    await sendAccepted(services, work);
    if (work.ended) {
      return undefined;
    }
  }
  await removeOtherSubscription(services, work);
  return postRows(services, work);
}

async function takeLastStep(services: RequestServices, work: RequestWork): Promise<void> {
  services.log({ level: 'error', event: 'retries_exhausted', job: 'request', run: work.request.run });
  return endRequest(services, work, createExhaustedMessage(work.request));
}

/** Whether this request is stored, and not an earlier one with its id. */
async function isStored({ store }: RequestServices, { connectionId, request }: RequestJob): Promise<boolean> {
  return (await store.requests(connectionId)).some((stored) => stored.request === request);
}

/** Notifies the client of a query that couldn't be stored. */
export async function notifyUnstored(services: RequestServices, { connectionId, id, unstored }: RequestJob): Promise<void> {
  await notify(services, { connectionId, ...unstored! }, createFailureMessage(id));
}

/** Joins a run, sends `accepted`, and starts the run if it is new. */
async function sendAccepted(services: RequestServices, work: RequestWork): Promise<void> {
  const { log } = services;
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
  const { connectionId, run, shared, cached } = joined.request;
  work.request = joined.request;
  await post(services, work.request, createAcceptedMessage(joined));
  log({ level: 'info', event: 'query_accepted', run, connection_id: connectionId, shared, cached });
  work.request = { ...work.request, ...ACCEPTED_SENT };
  if (joined.runLease !== undefined) {
    await startNewRun(services, { run: joined.run, lease: joined.runLease, isNew: true });
  } else if (joined.run.state === 'waiting') {
    await startRun(services, run!, work.deadline);
  }
}

/** Removes the subscription of an earlier request or attempt. */
async function removeOtherSubscription({ store }: RequestServices, { job, request }: RequestWork): Promise<void> {
  if (job.run !== undefined && job.request !== undefined && (job.run !== request.run || job.request !== request.request)) {
    await store.unsubscribe(job.run, job.request);
  }
}

/** Handles a failure: defers the request if a retry can succeed, otherwise throws the error. */
export async function recoverRequest(services: RequestServices, work: RequestWork, error: unknown, hasProgressed: boolean): Promise<void> {
  const { job, request: { run, connectionId } } = work;
  if (error instanceof LeaseLostError) {
    services.log({ level: 'warn', event: 'request_lease_lost', run, connection_id: connectionId });
    await services.queue.send(createSubscriptionJob(work.request));
    return;
  }
  if (error instanceof ConnectionGoneError) {
    services.log({ level: 'info', event: 'client_gone', run, connection_id: connectionId });
    await removeClient(services, work.request, run);
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

async function retryLater({ queue }: RequestServices, job: RequestJob): Promise<void> {
  const attempts = job.attempt + 1;
  await queue.send({ ...job, attempt: attempts }, getRetryDelaySeconds(attempts));
}

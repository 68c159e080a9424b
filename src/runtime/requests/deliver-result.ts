import { claimWhenAble } from './acquire-lease';
import { failureMessage, tell } from './notify';
import { post } from './post';
import { pushRows } from './post-rows';
import { leave, subscriptionJob, uncount } from './subscribers';
import { endRequest, lastWordOf } from './terminal-message';
import { Refusal } from '../model/errors';
import type { RequestJob } from '../model/jobs';
import { renewed, retryDelaySeconds } from '../model/jobs';
import { ConnectionGone, MAXIMUM_DEATHS, ServiceBusy } from '../model/ports';
import { ANNOUNCED } from '../model/request';
import { saveRequest } from '../model/request-work';
import type { RequestWork } from '../model/request-work';
import { LeaseLost } from '../model/run-work';
import { newLease } from '../model/services';
import type { Services } from '../model/services';
import { findRun } from '../runs/join-run';
import { startRun } from '../runs/start-run';
import { acceptedMessage } from '../submit/accept-request';

/** Moves a request on, as far as it goes at the moment. */
export async function answerRequest(services: Services, job: RequestJob, deadline: number): Promise<void> {
  const lease = newLease(services, deadline);
  const claim = await claimWhenAble(async () => services.store.claimRequest(job, lease));
  if (claim.state === 'claimed') {
    await attempt(services, { job, lease, deadline, request: claim.record }, claim.deaths);
    if (job.unstored !== undefined && claim.record.request !== job.request) {
      await later(services, job);
    }
  } else if (claim.state === 'busy') {
    await later(services, job);
  } else if (claim.state === 'held') {
    await later(services, job.unstored === undefined || await isStored(services, job) ? { ...job, unstored: undefined } : job);
  } else if (job.unstored !== undefined) {
    await tellUnstored(services, job);
  } else {
    await forgetRemoved(services, job);
  }
}

/** Ends what a function may have stored for a request after that was removed. */
async function forgetRemoved(services: Services, job: RequestJob): Promise<void> {
  await uncount(services, job);
  if (job.run !== undefined && job.request !== undefined) {
    await services.store.unsubscribe(job.run, job.request);
  }
}

async function attempt(services: Services, work: RequestWork, deaths: number): Promise<void> {
  const { seq } = work.request;
  try {
    const outcome = await (deaths < MAXIMUM_DEATHS ? nextStep(services, work) : lastStep(services, work));
    if (!work.ended) {
      await saveRequest(services, work, {}, true);
    }
    if (outcome === 'more') {
      await services.queue.send(renewed(work.job));
    }
  } catch (error) {
    await recoverRequest(services, work, error, work.request.seq > seq);
  }
}

async function nextStep(services: Services, work: RequestWork): Promise<'more' | void> {
  if (work.request.ending !== undefined) {
    return endRequest(services, work, work.request.ending);
  }
  if (!work.request.announced) {
    await announce(services, work);
    if (work.ended) {
      return undefined;
    }
  }
  await dropOther(services, work);
  return pushRows(services, work);
}

async function lastStep(services: Services, work: RequestWork): Promise<void> {
  services.log({ notice: 'gave up', job: 'request', run: work.request.run });
  return endRequest(services, work, lastWordOf(work.request));
}

/** Whether the request that is meant is stored, and not an earlier one with its id. */
async function isStored({ store }: Services, { connectionId, request }: RequestJob): Promise<boolean> {
  return (await store.requests(connectionId)).some((stored) => stored.request === request);
}

/** Tells the client of a query that could not be stored. */
export async function tellUnstored(services: Services, { connectionId, id, unstored }: RequestJob): Promise<void> {
  await tell(services, { connectionId, ...unstored! }, failureMessage(id));
}

/** Finds the run, tells the client that its query is accepted, and starts the run if it is new. */
async function announce(services: Services, work: RequestWork): Promise<void> {
  const { log } = services;
  let joined;
  try {
    joined = await findRun(services, work.request, work.lease);
  } catch (error) {
    if (error instanceof Refusal) {
      return endRequest(services, work, JSON.stringify(error.toMessage()));
    }
    throw error;
  }
  if (joined === undefined) {
    throw new LeaseLost('the request is no longer ours');
  }
  const { connectionId, run, shared, cached } = joined.request;
  work.request = joined.request;
  await post(services, work.request, acceptedMessage(joined));
  log({ notice: 'query accepted', run, connectionId, shared, cached });
  work.request = { ...work.request, ...ANNOUNCED };
  if (joined.run.state === 'waiting') {
    await startRun(services, run!, work.deadline);
  }
}

/** Ends a subscription that is left of an earlier request, or of an earlier try. */
async function dropOther({ store }: Services, { job, request }: RequestWork): Promise<void> {
  if (job.run !== undefined && job.request !== undefined && (job.run !== request.run || job.request !== request.request)) {
    await store.unsubscribe(job.run, job.request);
  }
}

/** After a failure: tries again what may pass, and leaves to the queue what may not. */
export async function recoverRequest(services: Services, work: RequestWork, error: unknown, hasProgressed: boolean): Promise<void> {
  const { job, request: { run, connectionId } } = work;
  if (error instanceof LeaseLost) {
    services.log({ notice: 'request lost', run, connectionId });
    await services.queue.send(subscriptionJob(work.request));
    return;
  }
  if (error instanceof ConnectionGone) {
    services.log({ notice: 'client gone', run, connectionId });
    await leave(services, work.request, run);
    return;
  }
  await saveRequest(services, work, {}, true).catch((reason) => services.log({ notice: 'lease kept', run, connectionId, reason: String(reason) }));
  if (!mayPass(error)) {
    throw error;
  }
  services.log({ notice: 'request waits', run, connectionId, attempt: job.attempt, reason: error.message });
  await later(services, hasProgressed ? { ...renewed(job), attempt: 0 } : job);
}

export function mayPass(error: unknown): error is ServiceBusy | ConnectionGone {
  return error instanceof ServiceBusy || error instanceof ConnectionGone;
}

async function later({ queue }: Services, job: RequestJob): Promise<void> {
  const attempts = job.attempt + 1;
  await queue.send({ ...job, attempt: attempts }, retryDelaySeconds(attempts));
}

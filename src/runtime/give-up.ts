import { giveUpRun } from './advance-run';
import { mayPass, recoverRequest, tellUnstored } from './answer-request';
import { endRequest, GAVE_UP_MESSAGE, lastWordOf } from './end-request';
import { giveUpExpiry } from './expiry';
import type { Job, RequestJob } from './jobs';
import type { Lease } from './ports';
import { post } from './post';
import type { Request } from './request';
import type { RequestWork } from './request-work';
import { newLease } from './services';
import type { Services } from './services';
import { forget } from './subscribers';

/** Tells in words those who wait for a job that has failed too often; the job itself becomes a dead letter. */
export async function giveUp(services: Services, job: Job, deadline: number): Promise<void> {
  services.log({ notice: 'gave up', job: job.type, ...('run' in job ? { run: job.run } : {}) });
  switch (job.type) {
    case 'run': return giveUpRun(services, job, deadline);
    case 'request': return giveUpRequest(services, job, deadline);
    case 'expiry': return giveUpExpiry(services, job);
    case 'post':
  }
}

/** Takes the request from whoever fails at it, and ends it. */
async function giveUpRequest(services: Services, job: RequestJob, deadline: number): Promise<void> {
  const lease = newLease(services, deadline);
  let request;
  try {
    request = await seize(services, job, lease);
  } catch (error) {
    // Without the table nobody knows better than the job itself who waits.
    await services.connections.post(job.connectionId, JSON.stringify({ type: 'error', id: job.id, code: 'internal', message: GAVE_UP_MESSAGE, retryable: true }));
    throw error;
  }
  if (request !== undefined) {
    await end(services, { job, lease, deadline, request });
  } else if (job.unstored !== undefined) {
    await tellUnstored(services, job);
  }
}

/** The request that is meant; undefined when it is not stored, or another has its id. */
async function seize({ store }: Services, job: RequestJob, lease: Lease): Promise<Request | undefined> {
  const stored = (await store.requests(job.connectionId)).find(({ id }) => id === job.id);
  const isMeant = stored !== undefined && (job.request ?? stored.request) === stored.request;
  return isMeant ? store.seizeRequest(job, lease) : undefined;
}

async function end(services: Services, work: RequestWork): Promise<void> {
  const ending = lastWordOf(work.request);
  try {
    await endRequest(services, work, ending);
  } catch (error) {
    if (!mayPass(error)) {
      await endAnyway(services, work, ending);
    }
    await recoverRequest(services, work, error, false);
  }
}

/** Says the last word though it cannot be stored, or removes the request though it cannot be said. */
async function endAnyway(services: Services, { request }: RequestWork, text: string): Promise<void> {
  await Promise.allSettled([
    request.ending === undefined ? post(services, request, text) : undefined,
    forget(services, request, request.run),
  ]);
}

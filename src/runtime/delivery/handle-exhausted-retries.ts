import { failRun } from './advance-run';
import { closeExpired } from '../access/session-expiry';
import type { Job, RequestJob } from '../model/jobs';
import type { Lease } from '../model/ports';
import type { Request } from '../model/request';
import type { RequestWork } from '../model/request-work';
import { createLease } from '../model/services';
import type { Services } from '../model/services';
import { isTransient, recoverRequest } from '../requests/deliver-result';
import { post } from '../requests/post';
import { endRequest, RETRIES_EXHAUSTED_MESSAGE, createExhaustedMessage } from '../requests/terminal-message';

/** Notifies the clients that wait for a job whose retries are exhausted. */
export async function handleExhaustedRetries(services: Services, job: Job, deadline: number): Promise<void> {
  services.log({ level: 'error', event: 'retries_exhausted', job: job.type, ...('run' in job ? { run: job.run } : {}) });
  switch (job.type) {
    case 'run': return failRun(services, job, deadline);
    case 'request': return failRequest(services, job, deadline);
    case 'expiry': return closeExpired(services, job);
    case 'post':
  }
}

/** Acquires the request from a failing worker, and ends it. */
async function failRequest(services: Services, job: RequestJob, deadline: number): Promise<void> {
  const lease = createLease(services, deadline);
  let request;
  try {
    request = await takeOver(services, job, lease);
  } catch (error) {
    // Without the table, the job is the only source of the client to notify.
    await services.connections.post(job.connectionId, JSON.stringify({ type: 'error', id: job.id, code: 'internal', message: RETRIES_EXHAUSTED_MESSAGE, retryable: true }));
    throw error;
  }
  if (request !== undefined) {
    await end(services, { job, lease, deadline, request });
  }
}

/** Acquires the request of a job. Returns undefined if it isn't stored or another request has its id. */
async function takeOver({ store }: Services, job: RequestJob, lease: Lease): Promise<Request | undefined> {
  const stored = (await store.requests(job.connectionId)).find(({ id }) => id === job.id);
  const isSameRequest = stored !== undefined && (job.request ?? stored.request) === stored.request;
  return isSameRequest ? store.takeOverRequest(job, lease) : undefined;
}

async function end(services: Services, work: RequestWork): Promise<void> {
  const terminalMessage = createExhaustedMessage(work.request);
  try {
    await endRequest(services, work, terminalMessage);
  } catch (error) {
    if (!isTransient(error)) {
      await endUnstored(services, work, terminalMessage);
    }
    await recoverRequest(services, work, error, false);
  }
}

/**
 * Posts the terminal message although it couldn't be stored. A request with an unsent terminal message stays until it expires, without a
 * subscription, so that a redriven dead letter can notify the client.
 */
async function endUnstored(services: Services, { request }: RequestWork, message: string): Promise<void> {
  const { store, log } = services;
  const { run, connectionId } = request;
  try {
    if (request.terminalMessage === undefined) {
      await post(services, request, message);
      await store.removeRequest(request);
      return;
    }
  } catch (error) {
    log({ level: 'warn', event: 'terminal_message_not_sent', run, connection_id: connectionId, reason: String(error) });
  }
  await store.unsubscribe(run, request.request)
    .catch((error) => log({ level: 'warn', event: 'subscription_not_removed', run, connection_id: connectionId, reason: String(error) }));
}

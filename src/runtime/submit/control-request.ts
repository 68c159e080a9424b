import { createRecovery } from './store-request';
import type { MoreMessage } from '../../protocol/messages';
import { requireValidSession } from '../access/session-expiry';
import type { Connection } from '../model/connection';
import { RejectedRequestError } from '../model/errors';
import type { Lease } from '../model/ports';
import { REQUEST_LIFETIME_SECONDS } from '../model/request';
import type { Request, RequestKey } from '../model/request';
import type { RequestWork } from '../model/request-work';
import { createLease } from '../model/services';
import type { QueryServices } from '../model/services';
import { createDepartureJob, forEachConcurrently, createRequestJob } from '../requests/subscribers';
import { CANCELED_MESSAGE, endRequestNow, createErrorMessage, storeTerminalMessage } from '../requests/terminal-message';

/** Retention of a cancellation in advance, in seconds. Longer than API Gateway waits for the function of a query message. */
const CANCELED_IN_ADVANCE_SECONDS = 60;

/** A `cancel`, and when API Gateway received it, in milliseconds since the epoch. */
export interface SentCancel {
  readonly id: string;
  readonly receivedAt: number;
}

/** A `more`, and when API Gateway received it, in milliseconds since the epoch. */
export type SentMore = Omit<MoreMessage, 'type'> & Pick<SentCancel, 'receivedAt'>;

/**
 * Ends a request, and cancels its statement if the run has no other subscriber. Messages are processed concurrently: a query that API Gateway
 * received before its `cancel` is rejected even if it is processed later. A query received later isn't canceled.
 */
export async function cancel(services: QueryServices, { connectionId }: Connection, sent: SentCancel, deadline: number): Promise<void> {
  const { id } = sent;
  const key = { connectionId, id };
  const lease = createLease(services, deadline);
  const request = await takeOver(services, key, lease, sent);
  if (request === undefined) {
    throw new RejectedRequestError('unknown_id', 'No query with this id is in flight. It has ended, or it is canceled when it is processed.', id);
  }
  requireValidSession(services, request);
  if (request.terminalMessage !== undefined) {
    await services.store.saveRequest(key, lease, {}, true);
    return;
  }
  const work: RequestWork = { job: createRequestJob(key), lease, deadline, request };
  await services.queue.sendAll([createRecovery(request)]);
  const terminalMessage = createErrorMessage(request, 'cancelled', CANCELED_MESSAGE, true);
  await storeTerminalMessage(services, work, terminalMessage);
  await endRequestNow(services, work, terminalMessage);
  await services.queue.send(createDepartureJob(request.run, 'canceled'));
}

/** Acquires the request of a `cancel`. If it isn't stored, cancels it in advance and returns undefined. */
async function takeOver({ store, clock }: QueryServices, key: RequestKey, lease: Lease, { receivedAt }: SentCancel): Promise<Request | undefined> {
  const request = await store.takeOverRequest(key, lease, receivedAt);
  const expiresAt = Math.ceil(clock.now() / 1000) + CANCELED_IN_ADVANCE_SECONDS;
  if (request !== undefined || await store.cancelInAdvance(key, receivedAt, expiresAt)) {
    return request;
  }
  return store.takeOverRequest(key, lease, receivedAt);
}

/**
 * Adds credit to the requests for a result. If no request has the result yet, stores the credit for requests that API Gateway received before: their
 * `accepted` may be in transit.
 */
export async function allowMore(services: QueryServices, { connectionId }: Connection, more: SentMore): Promise<void> {
  const { store, queue } = services;
  const requests = await findRequests(services, connectionId, more.result);
  await forEachConcurrently(requests, async (request) => {
    await store.allowMore(request, request.request, more.credit);
    await queue.send(createRequestJob(request));
  });
  if (requests.length === 0) {
    await storeEarlyCredit(services, connectionId, more);
  }
}

/** Stores a credit, and advances requests that joined the result meanwhile. */
async function storeEarlyCredit(services: QueryServices, connectionId: string, { result, credit, receivedAt }: SentMore): Promise<void> {
  const { store, queue, clock, newName } = services;
  const expiresAt = Math.ceil(clock.now() / 1000) + REQUEST_LIFETIME_SECONDS;
  await store.storeEarlyCredit(connectionId, { name: newName(), result, credit, receivedAt, expiresAt });
  await forEachConcurrently(await findRequests(services, connectionId, result), async (request) => queue.send(createRequestJob(request)));
}

async function findRequests(services: QueryServices, connectionId: string, result: string): Promise<Request[]> {
  const requests = (await services.store.requests(connectionId)).filter(({ run }) => run === result);
  requests.forEach((request) => requireValidSession(services, request));
  return requests;
}

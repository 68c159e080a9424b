import { chooseSlots, createIdInUseError, findFreeSlots } from './limits';
import { getElapsedMs } from '../model/elapsed';
import { RejectedRequestError, ConnectionGoneError, ServiceBusyError } from '../model/errors';
import type { DelayedJob } from '../model/jobs';
import type { Creation, Lease, NewRun } from '../model/ports';
import { ACCEPTED_SENT } from '../model/request';
import type { Request } from '../model/request';
import type { RequestWork } from '../model/request-work';
import { createLease } from '../model/services';
import type { SubmitServices } from '../model/services';
import { settleAll } from '../model/settle-all';
import { postAccepted } from '../requests/accepted-message';
import { advanceRequest } from '../requests/deliver-result';
import { post } from '../requests/post';
import { removeClient, createRequestJob } from '../requests/subscribers';
import { CANCELED_MESSAGE, endRequestNow } from '../requests/terminal-message';
import { findRun, MAX_ROUNDS, prepareRun } from '../runs/join-run';
import type { Joined } from '../runs/join-run';
import { createFirstCheck } from '../runs/run-checks';
import { startNewRun } from '../runs/start-run';

/** Delay of a recovery job, in seconds: longer than API Gateway waits for a function, so the sender has ended. */
const RECOVERY_DELAY_SECONDS = 30;

/** A request to store. Without a run, it shares one or starts a new one. */
export type NewRequest = Omit<Request, 'run' | 'slots'> & Partial<Pick<Request, 'run'>>;

/** A stored request, and its run if it is new. */
interface Stored {
  readonly request: Request;
  readonly newRun?: NewRun;
}

type Taken = Extract<Creation, { readonly state: 'taken' }>;

/** The recovery job of a request, which finishes what a crashed function leaves incomplete. */
export function createRecovery(request: Request): DelayedJob {
  return { job: createRequestJob(request), delaySeconds: RECOVERY_DELAY_SECONDS };
}

/**
 * Stores a request, joins or starts its run, and sends `accepted`. Throws if the request couldn't be stored. After that the queue handles failures.
 */
export async function acceptRequest(services: SubmitServices, newRequest: NewRequest, deadline: number): Promise<void> {
  const lease = createLease(services, deadline);
  const { request, newRun } = await storeRequest(services, newRequest, lease);
  const work: RequestWork = { job: createRequestJob(request), lease, deadline, request };
  try {
    const joined = newRun === undefined ? await findRun(services, request, lease) : { request, run: newRun.run, newRun };
    if (joined !== undefined) {
      await sendAcceptedAndStart(services, { ...work, request: joined.request }, joined);
    }
  } catch (error) {
    await endStored(services, work, error);
  }
}

/**
 * Stores a request with its slots, and a new run unless another run has its cache key. Queues the recovery job meanwhile, so that no statement starts
 * without it, or afterwards if the client's last request was rejected, so that rejections don't fill the queue. Throws if the request isn't stored.
 */
async function storeRequest(services: SubmitServices, newRequest: NewRequest, lease: Lease): Promise<Stored> {
  const { queue, recentRejections } = services;
  const prepared = prepare(services, newRequest, lease);
  const storing = storeOrReject(services, newRequest, prepared, lease);
  await (recentRejections.has(newRequest.connectionId) ? storing : undefined);
  const [stored, queued] = await Promise.allSettled([storing, queue.sendAll([createRecovery(prepared.request)])]);
  if (stored.status === 'rejected') {
    throw stored.reason;
  }
  if (queued.status === 'rejected') {
    await remove(services, stored.value.request);
    throw queued.reason;
  }
  return stored.value;
}

async function storeOrReject(services: SubmitServices, newRequest: NewRequest, prepared: Stored, lease: Lease): Promise<Stored> {
  try {
    return await storeInRounds(services, newRequest, prepared, lease);
  } catch (error) {
    if (error instanceof RejectedRequestError) {
      services.recentRejections.add(newRequest.connectionId);
    }
    throw error;
  }
}

function prepare(services: SubmitServices, newRequest: NewRequest, { until }: Lease): Stored {
  const newRun = newRequest.run === undefined ? prepareRun(services, newRequest.queryRequest!, until) : undefined;
  const slots = chooseSlots(services, newRequest);
  // A new run contains the query, which can be large.
  return { request: { ...newRequest, queryRequest: undefined, run: newRequest.run ?? newRun!.run.run, slots }, newRun };
}

async function storeInRounds(services: SubmitServices, newRequest: NewRequest, prepared: Stored, lease: Lease): Promise<Stored> {
  let stored = prepared;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const creation = await create(services, stored, lease);
    switch (creation.state) {
      case 'created': return stored;
      case 'in use': throw createIdInUseError(newRequest.id);
      case 'canceled': throw createCanceledError(newRequest.id);
      default: stored = await chooseAgain(services, stored, creation, newRequest);
    }
  }
  throw new ServiceBusyError('other queries use the slots and replace the runs too often');
}

/** Chooses the run that has the cache key, or free slots. If another function was writing one of them, reads both. */
async function chooseAgain(services: SubmitServices, { request, newRun }: Stored, taken: Taken, { queryRequest }: NewRequest): Promise<Stored> {
  const isUnknown = taken.run === undefined && !taken.isSlotInUse;
  const [slots, run] = await Promise.all([
    isUnknown || taken.isSlotInUse ? findFreeSlots(services, request) : request.slots,
    isUnknown && newRun !== undefined ? services.store.cachedRun(newRun.cacheKey) : taken.run,
  ]);
  return run === undefined ? { request: { ...request, slots }, newRun } : { request: { ...request, queryRequest, run, shared: true, slots } };
}

/** Stores a request. If that fails, removes what may be stored. If that fails too, the client ignores what it receives after the error. */
async function create(services: SubmitServices, { request, newRun }: Stored, lease: Lease): Promise<Creation> {
  try {
    return await services.store.createRequest(request, lease, newRun);
  } catch (error) {
    await remove(services, request);
    throw error;
  }
}

async function remove({ store, log }: SubmitServices, request: Request): Promise<void> {
  await store.removeRequest(request)
    .catch((reason) => log({ level: 'warn', event: 'request_not_removed', connection_id: request.connectionId, reason: String(reason) }));
}

function createCanceledError(id: string): RejectedRequestError {
  return new RejectedRequestError('cancelled', CANCELED_MESSAGE, id, { retryable: true });
}

/** Ends a stored request that is rejected. If its connection isn't open yet, or after another error, the queue handles it. */
async function endStored(services: SubmitServices, work: RequestWork, error: unknown): Promise<void> {
  const { request, lease } = work;
  if (!(error instanceof RejectedRequestError && request.opened)) {
    await leaveToQueue(services, request, lease, error);
    return;
  }
  services.log({ level: 'info', event: 'request_rejected', code: error.code, connection_id: request.connectionId });
  await endRequestNow(services, work, JSON.stringify(error.toMessage()))
    .catch((next) => services.log({ level: 'warn', event: 'request_left_to_recovery', connection_id: request.connectionId, reason: String(next) }));
}

/** Sends `accepted`, starts a new run, and posts the result if it is stored with the run. */
async function sendAcceptedAndStart(services: SubmitServices, work: RequestWork, joined: Joined): Promise<void> {
  const { store, queue } = services;
  const { request, run, newRun } = joined;
  const [isConnected, isStarted] = await settleAll([
    !request.opened || sendAccepted(services, joined),
    newRun === undefined || tryStart(services, newRun),
    newRun && queue.sendAll([createFirstCheck(run)]),
  ]);
  if (!isConnected) {
    await removeClient(services, request);
    return;
  }
  if (request.opened && run.batches !== undefined) {
    await advanceRequest(services, { ...work, request: { ...request, ...ACCEPTED_SENT }, savedRun: run });
    return;
  }
  await store.saveRequest(request, work.lease, request.opened ? ACCEPTED_SENT : {}, true);
  if (!isStarted && request.opened) {
    await notifyWaiting(services, request);
  }
  if (!request.opened || run.fetched.seq > 0 || run.state === 'ended') {
    await queue.send(createRequestJob(request));
  }
}

/** Starts a new run. Returns false if the start is deferred to the queue. */
async function tryStart(services: SubmitServices, { run, lease }: NewRun): Promise<boolean> {
  try {
    return await startNewRun(services, { run, lease, isNew: true });
  } catch (error) {
    services.log({ level: 'warn', event: 'start_left_to_check', run: run.run, reason: String(error) });
    return false;
  }
}

/** Returns false if the client has gone. */
async function sendAccepted(services: SubmitServices, joined: Joined): Promise<boolean> {
  try {
    await postAccepted(services, joined);
    return true;
  } catch (error) {
    if (error instanceof ConnectionGoneError) {
      services.log({ level: 'info', event: 'client_gone', connection_id: joined.request.connectionId });
      return false;
    }
    throw error;
  }
}

/** Sends progress. Failures are only logged, because progress is optional. */
async function notifyWaiting(services: SubmitServices, request: Request): Promise<void> {
  const { clock, log } = services;
  const { run, submittedAt } = request;
  const progress = { type: 'progress', result: run, state: 'waiting', elapsedMs: getElapsedMs(submittedAt, clock.now()) };
  await post(services, request, JSON.stringify(progress)).catch((error) => log({ level: 'warn', event: 'progress_not_sent', run, reason: String(error) }));
}

/**
 * Leaves a request to the queue, with its terminal message if it is rejected. If the queue is unavailable, the recovery job handles the request.
 * Sends nothing, because the stored request would still be processed.
 */
async function leaveToQueue(services: SubmitServices, request: Request, lease: Lease, error: unknown): Promise<void> {
  const { store, queue, log } = services;
  const { connectionId } = request;
  const isRejected = error instanceof RejectedRequestError;
  log({ level: isRejected ? 'info' : 'warn', event: isRejected ? 'request_rejected' : 'request_deferred', connection_id: connectionId, reason: isRejected ? error.code : String(error) });
  try {
    await (isRejected
      ? store.endRequest(request, lease, { terminalMessage: JSON.stringify(error.toMessage()) }, true)
      : store.saveRequest(request, lease, {}, true));
    await queue.send(createRequestJob(request), isRejected ? 0 : 1);
  } catch (next) {
    log({ level: 'warn', event: 'request_left_to_recovery', connection_id: connectionId, reason: String(next) });
  }
}

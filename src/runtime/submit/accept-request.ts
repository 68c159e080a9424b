import { createIdInUseError, rejectAfterStoring, rejectBeforeStoring } from './limits';
import { getElapsedMs } from '../model/elapsed';
import { RejectedRequestError, ConnectionGoneError } from '../model/errors';
import type { DelayedJob } from '../model/jobs';
import type { Lease } from '../model/ports';
import { ACCEPTED_SENT } from '../model/request';
import type { QueryInFlight, Request } from '../model/request';
import type { RequestWork } from '../model/request-work';
import type { HeldRun } from '../model/run-work';
import { createLease } from '../model/services';
import type { SubmitServices } from '../model/services';
import { settleAll } from '../model/settle-all';
import { createAcceptedMessage } from '../requests/accepted-message';
import { advanceRequest } from '../requests/deliver-result';
import { post } from '../requests/post';
import { removeClient, createRequestJob, createSubscriptionJob, removeFromCount } from '../requests/subscribers';
import { CANCELED_MESSAGE, endRequestNow } from '../requests/terminal-message';
import { createFirstCheck, findCachedRun, findRun, joinNewRun, prepareRun } from '../runs/join-run';
import type { Joined, NewRun } from '../runs/join-run';
import { startNewRun } from '../runs/start-run';

/** Delay of a recovery job, in seconds: longer than API Gateway waits for a function, so the sender has ended. */
const RECOVERY_DELAY_SECONDS = 30;

/** The recovery job of a request, which finishes what a crashed function leaves incomplete. */
export function createRecovery(request: Request): DelayedJob {
  return { job: createSubscriptionJob(request), delaySeconds: RECOVERY_DELAY_SECONDS };
}

/**
 * Stores a request, joins or starts its run, and sends `accepted`. Throws if the request couldn't be stored. After that the queue handles failures.
 */
export async function acceptRequest(services: SubmitServices, newRequest: Request, deadline: number): Promise<void> {
  const { run, queryRequest } = newRequest;
  const [before, cachedRun] = await Promise.all([rejectBeforeStoring(services, newRequest), findCachedRun(services, newRequest)]);
  const newRun = run === undefined && cachedRun === undefined ? prepareRun(services, queryRequest!, deadline) : undefined;
  const lease = createLease(services, deadline);
  const jobs = newRun === undefined
    ? [createRecovery(newRequest)]
    : [createRecovery({ ...newRequest, run: newRun.run.run }), createFirstCheck(newRun.run)];
  await services.queue.sendAll(jobs);
  const request = { ...newRequest, submittedAt: services.clock.now() };
  const storingRun = newRun && storeRun(services, newRun);
  if (!await create(services, request, lease, storingRun)) {
    return;
  }
  const joined = await join(services, { job: createRequestJob(request), lease, deadline, request }, await storingRun ?? cachedRun, before);
  if (joined === undefined) {
    return;
  }
  try {
    await sendAcceptedAndStart(services, joined, lease, deadline);
  } catch (error) {
    await leaveToQueue(services, request, lease, error);
  }
}

/** Returns false if the queue must find out whether the request was stored. */
async function create(services: SubmitServices, request: Request, lease: Lease, storingRun?: Promise<NewRun | undefined>): Promise<boolean> {
  let created;
  try {
    created = await services.store.createRequest(request, lease);
  } catch (error) {
    await removeNewRun(services, await storingRun);
    return undoCreate(services, request, error);
  }
  if (!created) {
    await removeNewRun(services, await storingRun);
    throw await services.store.isCanceledInAdvance(request) ? createCanceledError(request.id) : createIdInUseError(request.id);
  }
  return true;
}

function createCanceledError(id: string): RejectedRequestError {
  return new RejectedRequestError('cancelled', CANCELED_MESSAGE, id, { retryable: true });
}

/**
 * Throws the error if nothing is stored. If that is unknown, sends nothing: the queue either delivers the result or notifies the client, never both.
 */
async function undoCreate({ store, queue, log }: SubmitServices, request: Request, error: unknown): Promise<false> {
  try {
    await store.removeRequest(request, request.request);
  } catch (reason) {
    const { connectionId, connectedAt, opened } = request;
    log({ level: 'warn', event: 'request_storage_unknown', connection_id: connectionId, reason: String(reason) });
    await queue.send({ ...createRequestJob(request), unstored: { connectedAt, opened } }, 1);
    return false;
  }
  throw error;
}

/** Removes a run that no other request can join yet. If that fails, its check does. */
async function removeNewRun({ store, log }: SubmitServices, newRun?: NewRun): Promise<void> {
  if (newRun !== undefined) {
    await store.removeRun(newRun.run.run, newRun.lease)
      .catch((error) => log({ level: 'warn', event: 'run_not_removed', run: newRun.run.run, reason: String(error) }));
  }
}

/** Returns undefined if the run couldn't be stored. If it was stored nevertheless, its check removes it. */
async function storeRun({ store, log }: SubmitServices, newRun: NewRun): Promise<NewRun | undefined> {
  try {
    await store.createRun(newRun.run, newRun.lease);
    return newRun;
  } catch (error) {
    log({ level: 'warn', event: 'run_not_stored', run: newRun.run.run, reason: String(error) });
    return undefined;
  }
}

/** Returns undefined if the request was rejected, removed, or left to the queue. */
async function join(
  services: SubmitServices, work: RequestWork, target: NewRun | string | undefined, before: readonly QueryInFlight[],
): Promise<Joined | undefined> {
  const { request } = work;
  const newRun = typeof target === 'object' ? target : undefined;
  try {
    await count(services, request);
    const [joined] = await settleAll([joinAnyRun(services, work, target), rejectAfterStoring(services, request, before)]);
    if (joined === undefined) {
      await Promise.all([newRun && releaseNewRun(services, newRun), removeFromCount(services, request)]);
    }
    return joined;
  } catch (error) {
    await Promise.all([newRun && releaseNewRun(services, newRun), rejectStored(services, work, error)]);
    return undefined;
  }
}

/** Joins the new run, the cached run, or another one if that isn't possible. */
async function joinAnyRun(services: SubmitServices, { request, lease }: RequestWork, target?: NewRun | string): Promise<Joined | undefined> {
  if (typeof target !== 'object') {
    return findRun(services, request, lease, target);
  }
  const joined = await joinNewRun(services, request, lease, target);
  return joined === 'taken' ? findRun(services, request, lease) : joined;
}

/** Leaves a new run to its check: another request may have joined it. */
async function releaseNewRun({ store, log }: SubmitServices, { run: { run }, lease }: NewRun): Promise<void> {
  await store.saveRun(run, lease, { mayHaveStarted: false }, true)
    .catch((error) => log({ level: 'warn', event: 'lease_not_released', run, reason: String(error) }));
}

/** Adds a stored request to the queries in flight of its caller, until the caller's session expires at the latest. */
async function count({ store }: SubmitServices, { caller, validUntil = Infinity, ...query }: Request): Promise<void> {
  if (caller !== undefined) {
    const { connectionId, id, request, submittedAt } = query;
    const expiresAt = Math.min(query.expiresAt, Math.ceil(validUntil / 1000));
    await store.countQuery(caller, { connectionId, id, request, submittedAt, expiresAt });
  }
}

/** Ends a rejected request. If its connection isn't open yet, or after another error, the queue handles it. */
async function rejectStored(services: SubmitServices, work: RequestWork, error: unknown): Promise<void> {
  const { request, lease } = work;
  if (!(error instanceof RejectedRequestError && request.opened)) {
    await leaveToQueue(services, request, lease, error);
    return;
  }
  services.log({ level: 'info', event: 'request_rejected', code: error.code, connection_id: request.connectionId });
  await endRequestNow(services, work, JSON.stringify(error.toMessage()))
    .catch((next) => services.log({ level: 'warn', event: 'request_left_to_recovery', connection_id: request.connectionId, reason: String(next) }));
}

/** Sends `accepted`. Starts the run if it is new, and posts its result if that is stored with it. */
async function sendAcceptedAndStart(services: SubmitServices, joined: Joined, lease: Lease, deadline: number): Promise<void> {
  const { store, queue } = services;
  const { request, run, runLease } = joined;
  const [isConnected, started] = await settleAll([
    !request.opened || sendAccepted(services, joined),
    runLease === undefined || tryStart(services, { run, lease: runLease, isNew: true }),
  ]);
  if (!isConnected) {
    await removeClient(services, request, run.run);
    return;
  }
  if (request.opened && run.batches !== undefined) {
    const accepted = { ...request, ...ACCEPTED_SENT };
    await advanceRequest(services, { job: createRequestJob(request), lease, deadline, request: accepted, savedRun: run });
    return;
  }
  if (await store.saveRequest(request, lease, request.opened ? ACCEPTED_SENT : {}, true) === undefined) {
    await queue.send(createSubscriptionJob(request));
  }
  if (!started && request.opened) {
    await notifyWaiting(services, request);
  }
  if (!request.opened || run.fetched.seq > 0 || run.state === 'ended') {
    await queue.send(createRequestJob(request));
  }
}

/** Returns false if the start is deferred to the queue. */
async function tryStart(services: SubmitServices, work: HeldRun): Promise<boolean> {
  try {
    return await startNewRun(services, work);
  } catch (error) {
    services.log({ level: 'warn', event: 'start_left_to_check', run: work.run.run, reason: String(error) });
    return false;
  }
}

/** Sends `accepted`. Returns false if the client has gone. */
async function sendAccepted(services: SubmitServices, joined: Joined): Promise<boolean> {
  const { log } = services;
  const { connectionId, run, shared, cached } = joined.request;
  try {
    await post(services, joined.request, createAcceptedMessage(joined));
    log({ level: 'info', event: 'query_accepted', run, connection_id: connectionId, shared, cached });
    return true;
  } catch (error) {
    if (error instanceof ConnectionGoneError) {
      log({ level: 'info', event: 'client_gone', connection_id: connectionId });
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
    if (isRejected) {
      await removeFromCount(services, request);
    }
    await store.saveRequest(request, lease, isRejected ? { terminalMessage: JSON.stringify(error.toMessage()) } : {}, true);
    await queue.send(createRequestJob(request), isRejected ? 0 : 1);
  } catch (next) {
    log({ level: 'warn', event: 'request_left_to_recovery', connection_id: connectionId, reason: String(next) });
  }
}

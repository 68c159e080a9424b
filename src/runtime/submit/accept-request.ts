import { storeRequest } from './store-request';
import type { NewlyStored, NewRequest } from './store-request';
import { advanceStartedRun } from '../delivery/advance-run';
import { getElapsedMs } from '../model/elapsed';
import { RejectedRequestError, ConnectionGoneError } from '../model/errors';
import type { Lease, NewRun } from '../model/ports';
import { ACCEPTED_SENT } from '../model/request';
import type { Request } from '../model/request';
import type { RequestWork } from '../model/request-work';
import { isAvailable } from '../model/run';
import type { Run } from '../model/run';
import type { RunWork } from '../model/run-work';
import { createLease } from '../model/services';
import type { QueryServices } from '../model/services';
import { settleAll } from '../model/settle-all';
import { postAccepted } from '../requests/accepted-message';
import { advanceRequest } from '../requests/deliver-result';
import { post } from '../requests/post';
import { removeClient, createRequestJob } from '../requests/subscribers';
import { endRequestNow } from '../requests/terminal-message';
import { canUse, findRun } from '../runs/join-run';
import type { Joined } from '../runs/join-run';
import { startNewRun } from '../runs/start-run';

/**
 * Stores a request, joins or starts its run, and sends `accepted`. Throws if the request couldn't be stored. After that the queue handles failures.
 */
export async function acceptRequest(services: QueryServices, newRequest: NewRequest, deadline: number): Promise<void> {
  const lease = createLease(services, deadline);
  const stored = await storeRequest(services, newRequest, lease);
  const { request } = stored;
  const work: RequestWork = { job: createRequestJob(request), lease, deadline, request };
  try {
    const joined = await join(services, stored, lease);
    if (joined !== undefined) {
      await sendAcceptedAndStart(services, { ...work, request: joined.request }, joined);
    }
  } catch (error) {
    await endStored(services, work, error);
  }
}

/** A query can still move to another run after `accepted`, but a `resume` can't, so the run of a `resume` is read after it subscribed. */
async function join(services: QueryServices, { request, newRun, earlierRun }: NewlyStored, lease: Lease): Promise<Joined | undefined> {
  if (newRun !== undefined) {
    return { request, run: newRun.run, newRun };
  }
  const canUseEarly = earlierRun?.outcome !== undefined || request.queryRequest !== undefined;
  return canUseEarly && canUse(request, earlierRun) ? { request, run: earlierRun, isEarly: true } : findRun(services, request, lease);
}

/** Ends a stored request that is rejected. If its connection isn't open yet, or after another error, the queue handles it. */
async function endStored(services: QueryServices, work: RequestWork, error: unknown): Promise<void> {
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
async function sendAcceptedAndStart(services: QueryServices, work: RequestWork, joined: Joined): Promise<void> {
  const { store, queue } = services;
  const { request, run, newRun, isEarly = false } = joined;
  const accepting = request.opened ? sendAccepted(services, joined) : Promise.resolve(true);
  const accepted = { ...work, request: { ...request, ...ACCEPTED_SENT } };
  let isAdvanced = false;
  const acquireRequests = async () => {
    isAdvanced = request.opened && await accepting.catch(() => false);
    return isAdvanced ? [accepted] : [];
  };
  const [isConnected, isStarted, latest] = await settleAll([
    accepting,
    newRun === undefined || tryStart(services, { ...newRun, deadline: work.deadline, acquireRequests }),
    isEarly && run.outcome === undefined ? store.run(run.run) : run,
  ]);
  if (!isConnected) {
    await removeClient(services, request);
    return;
  }
  if (isAdvanced) {
    return;
  }
  if (request.opened && !isAvailable(latest)) {
    await moveToOtherRun(services, { ...work, request });
    return;
  }
  if (request.opened && run.batches !== undefined) {
    await advanceRequest(services, { ...accepted, savedRun: run });
    return;
  }
  await store.saveRequest(request, work.lease, request.opened ? ACCEPTED_SENT : {}, true);
  if (!isStarted && request.opened) {
    await notifyWaiting(services, request);
  }
  if (!request.opened || !isPending(latest)) {
    await queue.send(createRequestJob(request));
  }
}

/** Moves a request whose run closed before the request had subscribed. The client receives `accepted` with another result. */
async function moveToOtherRun(services: QueryServices, work: RequestWork): Promise<void> {
  const joined = await findRun(services, work.request, work.lease);
  if (joined !== undefined) {
    await sendAcceptedAndStart(services, { ...work, request: joined.request }, joined);
  }
}

/** Whether a run has nothing to deliver yet. */
function isPending(run: Run | undefined): boolean {
  return isAvailable(run) && run.outcome === undefined && run.fetched.seq === 0;
}

/** Starts a new run, and ends it if its statement ended during the wait. Returns false if the start is deferred to the queue. */
async function tryStart(services: QueryServices, work: NewRun & Pick<RunWork, 'deadline' | 'acquireRequests'>): Promise<boolean> {
  const held = { ...work, isNew: true };
  try {
    const start = await startNewRun(services, held, services.inlineWaitSeconds);
    if (typeof start === 'object') {
      await advanceStartedRun(services, held, start);
    }
    return start !== 'deferred';
  } catch (error) {
    services.log({ level: 'warn', event: 'start_left_to_check', run: held.run.run, reason: String(error) });
    return false;
  }
}

/** Returns false if the client has gone. */
async function sendAccepted(services: QueryServices, joined: Joined): Promise<boolean> {
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
async function notifyWaiting(services: QueryServices, request: Request): Promise<void> {
  const { clock, log } = services;
  const { run, submittedAt } = request;
  const progress = { type: 'progress', result: run, state: 'waiting', elapsedMs: getElapsedMs(submittedAt, clock.now()) };
  await post(services, request, JSON.stringify(progress)).catch((error) => log({ level: 'warn', event: 'progress_not_sent', run, reason: String(error) }));
}

/**
 * Leaves a request to the queue, with its terminal message if it is rejected. If the queue is unavailable, the recovery job handles the request.
 * Sends nothing, because the stored request would still be processed.
 */
async function leaveToQueue(services: QueryServices, request: Request, lease: Lease, error: unknown): Promise<void> {
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

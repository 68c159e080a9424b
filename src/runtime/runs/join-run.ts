import { createFirstCheck } from './run-checks';
import { RejectedRequestError, RESULT_EXPIRED_MESSAGE, ServiceBusyError } from '../model/errors';
import type { Lease, NewRun } from '../model/ports';
import { createCacheKey } from '../model/query-request';
import type { QueryRequest } from '../model/query-request';
import type { Request } from '../model/request';
import { isAvailable, isRetained, NOTHING_FETCHED, RECORD_SLACK_SECONDS } from '../model/run';
import type { Run } from '../model/run';
import { createLease } from '../model/services';
import type { QueryServices } from '../model/services';
import { settleAll } from '../model/settle-all';

/** A request that has joined a run. */
export interface Joined {
  readonly request: Request;
  readonly run: Run;
  /** The run, if it is new and not started. */
  readonly newRun?: NewRun;
  /** Whether the run was read before the request subscribed to it, so that it can have ended or closed. */
  readonly isEarly?: boolean;
}

/** Maximum number of attempts to join a run. More attempts are required only while functions fail. The queue retries later. */
export const MAX_ROUNDS = 5;

/**
 * Reads the run of a stored request. Its subscription was stored before, so a run that ends or closes meanwhile either sees the subscriber or is seen.
 * Moves the request if the run isn't available. Returns undefined if the request was removed. Throws RejectedRequestError if the run has expired.
 */
export async function findRun(services: QueryServices, request: Request, lease: Lease): Promise<Joined | undefined> {
  const run = await services.store.run(request.run);
  return canUse(request, run) ? { request, run } : joinOtherRun(services, request, lease);
}

/** Creates a run, and the lease under which its first request stores and starts it. */
export function prepareRun(services: QueryServices, queryRequest: QueryRequest, deadline: number, previous?: string): NewRun {
  return { run: createRun(services, queryRequest), lease: createLease(services, deadline), cacheKey: createCacheKey(queryRequest), previous };
}

/** Moves a request from a run that is no longer available to one that can be shared, or to a new one, whose first check it queues. */
async function joinOtherRun(services: QueryServices, stored: Request, lease: Lease): Promise<Joined | undefined> {
  const { store, queue } = services;
  let request = stored;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const target = await chooseRun(services, request, lease.until);
    const newRun = typeof target === 'string' ? undefined : target;
    const next = { ...request, run: newRun?.run.run ?? target as string, shared: newRun === undefined };
    const [move] = await settleAll([
      next.run === request.run ? 'moved' as const : store.moveRequest(next, lease, request.run, newRun),
      newRun && queue.sendAll([createFirstCheck(newRun.run)]),
    ]);
    if (move === 'lost') {
      return undefined;
    }
    if (move === 'taken') {
      continue;
    }
    request = next;
    const run = newRun?.run ?? await store.run(request.run);
    if (canUse(request, run)) {
      return { request, run, newRun };
    }
  }
  throw new ServiceBusyError('the runs of the query replace each other too often');
}

/** Returns the name of a run that can be shared, or a new run. */
async function chooseRun(services: QueryServices, request: Request, deadline: number): Promise<string | NewRun> {
  const { queryRequest, id } = request;
  if (queryRequest === undefined) {
    throw new RejectedRequestError('result_expired', RESULT_EXPIRED_MESSAGE, id);
  }
  const previous = await services.store.cachedRun(createCacheKey(queryRequest));
  const run = previous === undefined ? undefined : await services.store.run(previous);
  return canUse(request, run) ? run.run : prepareRun(services, queryRequest, deadline, previous);
}

/**
 * Whether a request can use a run, decided as of its submission. A request without a query names the run. Others share runs that were in flight then,
 * or had completed recently.
 */
export function canUse({ queryRequest, submittedAt, maxAge = Infinity }: Request, run: Run | undefined): run is Run {
  if (!isAvailable(run) || queryRequest === undefined) {
    return isAvailable(run);
  }
  const { endedAt = Infinity, timeoutAt, outcome } = run;
  if (submittedAt < Math.min(endedAt, timeoutAt)) {
    return true;
  }
  const reuse = Math.min(queryRequest.definition.resultReuseSeconds, maxAge);
  return outcome?.type === 'complete' && submittedAt < endedAt + reuse * 1000 && isRetained(run, submittedAt);
}

/** Creates a run. The caller starts it immediately. */
function createRun({ clock, newName, inlineWaitSeconds = 0 }: QueryServices, queryRequest: QueryRequest): Run {
  const { timeoutSeconds, resultRetentionSeconds } = queryRequest.definition;
  const submittedAt = clock.now();
  return {
    run: newName(),
    ...queryRequest,
    submittedAt,
    timeoutAt: submittedAt + timeoutSeconds * 1000,
    ...(inlineWaitSeconds === 0 ? {} : { waitsUntil: submittedAt + inlineWaitSeconds * 1000 }),
    mayHaveStarted: true,
    check: 0,
    settled: false,
    fetched: NOTHING_FETCHED,
    timing: { fetchingMs: 0 },
    isClosed: false,
    toCancel: false,
    expiresAt: Math.ceil(submittedAt / 1000) + timeoutSeconds + resultRetentionSeconds + RECORD_SLACK_SECONDS,
  };
}

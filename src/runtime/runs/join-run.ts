import { RejectedRequestError, RESULT_EXPIRED_MESSAGE, ServiceBusyError } from '../model/errors';
import type { Lease } from '../model/ports';
import { createCacheKey } from '../model/query-request';
import type { QueryRequest } from '../model/query-request';
import type { Request, Subscriber } from '../model/request';
import { isAvailable, isRetained, NOTHING_FETCHED, RECORD_SLACK_SECONDS } from '../model/run';
import type { Run } from '../model/run';
import type { SubmitServices } from '../model/services';

/** A request that has joined a run. */
export interface Joined {
  readonly request: Request;
  readonly run: Run;
  /** Whether the run is new and not started. */
  readonly created: boolean;
}

/** Maximum number of attempts to join a run. More attempts are required only while functions fail. The queue retries later. */
const MAX_ROUNDS = 5;

/** Delay of the first check of a run, in seconds, or its timeout if that is shorter. */
const FIRST_CHECK_SECONDS = 5;

/**
 * Finds or creates the run of a request and subscribes to it. Subscribes before it reads the run, so that a run that ends or closes concurrently
 * either sees the subscriber or is seen. Returns undefined if the request was removed meanwhile. Throws RejectedRequestError if the run of the
 * request has expired.
 */
export async function findRun(services: SubmitServices, request: Request, lease: Lease): Promise<Joined | undefined> {
  const run = request.run === undefined ? undefined : await subscribe(services, request, request.run);
  return run === undefined ? joinRun(services, request, lease) : confirm(services, { request, run, created: false }, lease, {});
}

/** A run that was removed before `accepted` was sent is replaced by another one. */
async function joinRun(services: SubmitServices, request: Request, lease: Lease): Promise<Joined | undefined> {
  // Requests of earlier versions of the library have no definition.
  if (request.queryRequest?.definition === undefined) {
    throw new RejectedRequestError('result_expired', RESULT_EXPIRED_MESSAGE, request.id);
  }
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const choice = await chooseRun(services, request);
    const run = choice && await subscribe(services, request, choice.run.run);
    if (run !== undefined) {
      const { created } = choice!;
      return confirm(services, { request, run, created }, lease, { run: run.run, shared: !created, cached: run.state === 'ended' });
    }
  }
  throw new ServiceBusyError('the runs of the query replace each other too often');
}

/**
 * Saves a request that has subscribed. If the request was removed meanwhile, removes the subscription and returns undefined, because the remover may
 * have run before the subscription existed.
 */
async function confirm({ store }: SubmitServices, joined: Joined, lease: Lease, changes: Partial<Request>): Promise<Joined | undefined> {
  const { request, run } = joined;
  const saved = await store.saveRequest(request, lease, changes);
  if (saved === undefined) {
    await store.unsubscribe(run.run, request.request);
    return undefined;
  }
  return { ...joined, request: saved };
}

/** Subscribes to an available run and returns it. Otherwise leaves no subscription. */
async function subscribe({ store }: SubmitServices, request: Request, name: string): Promise<Run | undefined> {
  let run: Run | undefined;
  try {
    await store.subscribe(name, toSubscriber(request));
    run = await store.run(name);
  } finally {
    if (!isAvailable(run)) {
      await store.unsubscribe(name, request.request);
    }
  }
  return isAvailable(run) ? run : undefined;
}

function toSubscriber({ connectionId, connectedAt, opened, validUntil, id, request, caller, expiresAt }: Request): Subscriber {
  return { connectionId, connectedAt, opened, validUntil, id, request, caller, expiresAt };
}

interface Choice {
  readonly run: Run;
  readonly created: boolean;
}

/** Returns a run that can be shared, or a new one. Returns undefined if another request created one meanwhile. */
async function chooseRun(services: SubmitServices, request: Request): Promise<Choice | undefined> {
  const { store } = services;
  const queryRequest = request.queryRequest!;
  const key = createCacheKey(queryRequest);
  const previous = await store.cachedRun(key);
  const run = previous === undefined ? undefined : await readRun(services, previous);
  if (run !== undefined && canShare(services, request, run)) {
    return { run, created: false };
  }
  const created = await createRun(services, queryRequest);
  if (await store.setCachedRun(key, created.run, previous, created.expiresAt)) {
    return { run: created, created: true };
  }
  await store.removeRun(created.run);
  return undefined;
}

/** Reads a run. If the run has reached its timeout, reads it again, because it may have ended meanwhile. */
async function readRun({ store, clock }: SubmitServices, name: string): Promise<Run | undefined> {
  const run = await store.run(name);
  const isOverdue = run !== undefined && run.endedAt === undefined && clock.now() >= run.timeoutAt;
  return isOverdue ? store.run(name) : run;
}

/** Whether a new request can share a run: the run is in flight, or completed recently. */
function canShare({ clock }: SubmitServices, { queryRequest, maxAge = Infinity }: Request, run: Run): boolean {
  const now = clock.now();
  if (run.endedAt === undefined) {
    return run.state !== 'closed' && now < run.timeoutAt;
  }
  const reuse = Math.min(queryRequest!.definition.resultReuseSeconds, maxAge);
  return run.outcome?.type === 'complete' && now < run.endedAt + reuse * 1000 && isRetained(run, now);
}

/** Stores a new run. Queues its first check before, so that a crash can't leave a run without checks. */
async function createRun(services: SubmitServices, queryRequest: QueryRequest): Promise<Run> {
  const { timeoutSeconds, resultRetentionSeconds } = queryRequest.definition;
  const submittedAt = services.clock.now();
  const run: Run = {
    run: services.newName(),
    ...queryRequest,
    submittedAt,
    timeoutAt: submittedAt + timeoutSeconds * 1000,
    state: 'waiting',
    mayHaveStarted: false,
    check: 0,
    settled: false,
    fetched: NOTHING_FETCHED,
    timing: { fetchingMs: 0 },
    toCancel: false,
    expiresAt: Math.ceil(submittedAt / 1000) + timeoutSeconds + resultRetentionSeconds + RECORD_SLACK_SECONDS,
  };
  await services.queue.send({ type: 'run', run: run.run, check: run.check, attempt: 1 }, Math.min(FIRST_CHECK_SECONDS, timeoutSeconds));
  await services.store.createRun(run);
  return run;
}

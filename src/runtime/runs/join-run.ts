import { RejectedRequestError, RESULT_EXPIRED_MESSAGE, ServiceBusyError } from '../model/errors';
import type { DelayedJob } from '../model/jobs';
import type { Lease } from '../model/ports';
import { createCacheKey } from '../model/query-request';
import type { QueryRequest } from '../model/query-request';
import type { Request, Subscriber } from '../model/request';
import { isAvailable, isRetained, NOTHING_FETCHED, RECORD_SLACK_SECONDS } from '../model/run';
import type { Run } from '../model/run';
import { createLease } from '../model/services';
import type { SubmitServices } from '../model/services';
import { settleAll } from '../model/settle-all';

/** A request that has joined a run. */
export interface Joined {
  readonly request: Request;
  readonly run: Run;
  /** The lease of the run, if it is new and not started. */
  readonly runLease?: Lease;
}

/** A new run, whose first check is queued and which no other request can join yet. */
export interface NewRun {
  readonly run: Run;
  readonly lease: Lease;
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
export async function findRun(services: SubmitServices, request: Request, lease: Lease, cachedRun?: string): Promise<Joined | undefined> {
  const run = request.run === undefined ? undefined : await subscribe(services, request, request.run);
  return run === undefined ? joinRun(services, request, lease, cachedRun) : confirm(services, { request, run }, lease, {});
}

/** Returns the name of the latest run of a query, if there is one. */
export async function findCachedRun({ store }: SubmitServices, { run, queryRequest }: Request): Promise<string | undefined> {
  return run === undefined && queryRequest !== undefined ? store.cachedRun(createCacheKey(queryRequest)) : undefined;
}

/** Creates the run of a query without a cached run. */
export function prepareRun(services: SubmitServices, queryRequest: QueryRequest, deadline: number): NewRun {
  return { run: createRun(services, queryRequest), lease: createLease(services, deadline) };
}

/**
 * Lets a stored request use its own new run. Returns `taken` if another request has created one meanwhile, and undefined if the request was
 * removed.
 */
export async function joinNewRun(services: SubmitServices, request: Request, lease: Lease, newRun: NewRun): Promise<Joined | 'taken' | undefined> {
  const { store } = services;
  const { run, lease: runLease } = newRun;
  if (!await store.setCachedRun(createCacheKey(request.queryRequest!), run.run, undefined, run.expiresAt)) {
    await store.removeRun(run.run, runLease);
    return 'taken';
  }
  return confirmNew(services, { request, run, runLease }, lease);
}

/** A run that was removed before `accepted` was sent is replaced by another one. */
async function joinRun(services: SubmitServices, request: Request, lease: Lease, cachedRun?: string): Promise<Joined | undefined> {
  // Requests of earlier versions of the library have no definition.
  if (request.queryRequest?.definition === undefined) {
    throw new RejectedRequestError('result_expired', RESULT_EXPIRED_MESSAGE, request.id);
  }
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const choice = await chooseRun(services, request, lease, round === 0 ? cachedRun : undefined);
    if (choice?.runLease !== undefined) {
      return confirmNew(services, { request, ...choice }, lease);
    }
    const run = choice && await subscribe(services, request, choice.run.run);
    if (run !== undefined) {
      return confirm(services, { request, run }, lease, { run: run.run, shared: true, cached: run.state === 'ended' });
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

/**
 * Subscribes a request to its own run, and saves that the run may have started from now on. No other worker can change the run, so it needn't be read
 * after the subscription.
 */
async function confirmNew({ store }: SubmitServices, joined: Joined, lease: Lease): Promise<Joined | undefined> {
  const { request, run, runLease } = joined;
  const [saved, isHeld] = await settleAll([
    store.saveRequest(request, lease, { run: run.run, shared: false, cached: false }),
    store.saveRun(run.run, runLease!, { mayHaveStarted: true }),
    store.subscribe(run.run, toSubscriber(request)),
  ]);
  if (saved === undefined) {
    await store.unsubscribe(run.run, request.request);
    return undefined;
  }
  return { request: saved, run: { ...run, mayHaveStarted: true }, runLease: isHeld ? runLease : undefined };
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
  readonly runLease?: Lease;
}

/** Returns a run that can be shared, or a new one. Returns undefined if another request created one meanwhile. */
async function chooseRun(services: SubmitServices, request: Request, { until }: Lease, cachedRun?: string): Promise<Choice | undefined> {
  const { store } = services;
  const queryRequest = request.queryRequest!;
  const key = createCacheKey(queryRequest);
  const previous = cachedRun ?? await store.cachedRun(key);
  const run = previous === undefined ? undefined : await readRun(services, previous);
  if (run !== undefined && canShare(services, request, run)) {
    return { run };
  }
  const { run: created, lease: runLease } = prepareRun(services, queryRequest, until);
  await services.queue.sendAll([createFirstCheck(created)]);
  await store.createRun(created, runLease);
  if (await store.setCachedRun(key, created.run, previous, created.expiresAt)) {
    return { run: created, runLease };
  }
  await store.removeRun(created.run, runLease);
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

/** Creates a run. Its first check is queued before it is stored, so that a crash can't leave a run without checks. */
function createRun({ clock, newName }: SubmitServices, queryRequest: QueryRequest): Run {
  const { timeoutSeconds, resultRetentionSeconds } = queryRequest.definition;
  const submittedAt = clock.now();
  return {
    run: newName(),
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
}

/** The first check of a run, and its delay. */
export function createFirstCheck({ run, check, definition }: Run): DelayedJob {
  return { job: { type: 'run', run, check, attempt: 1 }, delaySeconds: Math.min(FIRST_CHECK_SECONDS, definition!.timeoutSeconds) };
}

import { RejectedRequestError, ServiceBusyError } from '../model/errors';
import type { Lease } from '../model/ports';
import { cacheKey } from '../model/query-request';
import type { QueryRequest } from '../model/query-request';
import type { Request, Subscriber } from '../model/request';
import { answers, isRetained, NOTHING_FETCHED, RECORD_SLACK_SECONDS } from '../model/run';
import type { Run } from '../model/run';
import type { SubmitServices } from '../model/services';

/** A request that has found the run that answers it. */
export interface Joined {
  readonly request: Request;
  readonly run: Run;
  /** Whether the run is new, and its statement yet to be started. */
  readonly created: boolean;
}

/** Runs of one question replace each other so often only while functions fail; the queue tries again later. */
const MAX_ROUNDS = 5;

/** The first check of a run comes after so many seconds, or at its time limit. */
const FIRST_CHECK_SECONDS = 5;

/**
 * Finds the run that answers a request, or makes it, and subscribes to it. It subscribes first and then reads the run: a run that is about to end
 * or to be removed either sees the subscriber, or is seen. Returns undefined when the request was removed meanwhile. Throws a RejectedRequestError when the
 * request names a run that is not kept any more.
 */
export async function findRun(services: SubmitServices, request: Request, lease: Lease): Promise<Joined | undefined> {
  const run = request.run === undefined ? undefined : await subscribe(services, request, request.run);
  return run === undefined ? joinRun(services, request, lease) : confirm(services, { request, run, created: false }, lease, {});
}

/** Nobody was told of a run that was removed before its request could be announced, so that the question finds another one. */
async function joinRun(services: SubmitServices, request: Request, lease: Lease): Promise<Joined | undefined> {
  // An earlier version of this library stored questions without their definition.
  if (request.queryRequest?.definition === undefined) {
    throw new RejectedRequestError('result_expired', 'The result is not kept any more; please ask again.', request.id);
  }
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const choice = await chooseRun(services, request);
    const run = choice && await subscribe(services, request, choice.run.run);
    if (run !== undefined) {
      const { created } = choice!;
      return confirm(services, { request, run, created }, lease, { run: run.run, shared: !created, cached: run.state === 'ended' });
    }
  }
  throw new ServiceBusyError('the runs of the question replace each other too often');
}

/**
 * Writes the changes of a request that has subscribed. When the request has been removed meanwhile, the subscription is removed as well, and the result is
 * undefined: whoever removed the request may have looked for the subscription before it existed.
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

/** Subscribes to a run that answers, and returns it; else leaves no trace. */
async function subscribe({ store }: SubmitServices, request: Request, name: string): Promise<Run | undefined> {
  let run: Run | undefined;
  try {
    await store.subscribe(name, subscriberOf(request));
    run = await store.run(name);
  } finally {
    if (!answers(run)) {
      await store.unsubscribe(name, request.request);
    }
  }
  return answers(run) ? run : undefined;
}

function subscriberOf({ connectionId, connectedAt, opened, validUntil, id, request, caller, expiresAt }: Request): Subscriber {
  return { connectionId, connectedAt, opened, validUntil, id, request, caller, expiresAt };
}

interface Choice {
  readonly run: Run;
  readonly created: boolean;
}

/** The run that answers the question now, or a new one; undefined when another has just made one. */
async function chooseRun(services: SubmitServices, request: Request): Promise<Choice | undefined> {
  const { store } = services;
  const queryRequest = request.queryRequest!;
  const key = cacheKey(queryRequest);
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

/** Reads a run. One that passed its time limit while the answer was under way has ended by now, and is read again, so that its result is shared. */
async function readRun({ store, clock }: SubmitServices, name: string): Promise<Run | undefined> {
  const run = await store.run(name);
  const isOverdue = run !== undefined && run.endedAt === undefined && clock.now() >= run.timeoutAt;
  return isOverdue ? store.run(name) : run;
}

/** Whether a run may answer a question asked now: it is in flight, or ended well and not too long ago. */
function canShare({ clock }: SubmitServices, { queryRequest, maxAge = Infinity }: Request, run: Run): boolean {
  const now = clock.now();
  if (run.endedAt === undefined) {
    return run.state !== 'closed' && now < run.timeoutAt;
  }
  const reuse = Math.min(queryRequest!.definition.resultReuseSeconds, maxAge);
  return run.outcome?.type === 'complete' && now < run.endedAt + reuse * 1000 && isRetained(run, now);
}

/** Stores a new run; its first check is in the queue before, so that no crash leaves a run that nobody looks at. */
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

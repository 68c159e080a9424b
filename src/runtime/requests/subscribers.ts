import { post } from './post';
import type { ProgressMessage } from '../../protocol/messages';
import { getElapsedMs } from '../model/elapsed';
import { ConnectionGoneError } from '../model/errors';
import type { RequestJob, RunJob } from '../model/jobs';
import type { Request, RequestKey, StoredRequest, Subscriber } from '../model/request';
import type { RunWork } from '../model/run-work';
import type { SubmitServices, TableServices } from '../model/services';

/** Delay before a departure is recorded, in seconds. A client that reloads its page is often back by then. */
const DEPARTURE_DELAY_SECONDS = 5;

/** Maximum time that one worker sends progress, in milliseconds. The result of the run may wait for it. */
const MAX_PROGRESS_MS = 10_000;

/** What a worker reserves before its deadline for posts that are under way, in milliseconds. */
const PROGRESS_RESERVE_MS = 10_000;

/** Maximum number of concurrent calls: about as many as a client's buffer accepts, and half the connections of an SDK client. */
const MAX_CONCURRENT_CALLS = 25;

/** Creates the job that advances a request. */
export function createRequestJob({ connectionId, id, request, caller }: RequestKey & Partial<Pick<Subscriber, 'request' | 'caller'>>): RequestJob {
  return { type: 'request', connectionId, id, ...(request === undefined ? {} : { request }), ...(caller === undefined ? {} : { caller }), attempt: 1 };
}

/** Creates the job by which a run advances a subscriber. */
export function createSubscriberJob(run: string, subscriber: Subscriber): RequestJob {
  return { ...createRequestJob(subscriber), run };
}

/**
 * Creates the job that removes the subscription of a request that was removed while it subscribed. If the request still exists, the job advances it.
 */
export function createSubscriptionJob(request: RequestKey & Pick<Request, 'request' | 'run' | 'caller'>): RequestJob {
  return { ...createRequestJob(request), run: request.run };
}

/** Creates the job that records the departure of a client from a run. */
export function createDepartureJob(run: string, departure: RunJob['departure']): RunJob {
  return { type: 'run', run, departure, attempt: 1 };
}

/**
 * Removes a request and its subscription, and returns its run. Removes the subscription first: a subscriber without a request would remain
 * unnoticed.
 */
export async function removeRequestRecord(services: Pick<TableServices, 'store'>, request: StoredRequest, run?: string): Promise<string | undefined> {
  const { store } = services;
  if (run !== undefined) {
    await store.unsubscribe(run, request.request);
  }
  if (request.terminalMessage === undefined) {
    await removeFromCount(services, request);
  }
  const joined = await store.removeRequest(request, request.request) ?? run;
  // The request may have joined a run since it was read.
  if (joined !== undefined && joined !== run) {
    await store.unsubscribe(joined, request.request);
  }
  return joined;
}

/** Removes a request from the queries in flight of its caller. */
export async function removeFromCount({ store }: Pick<TableServices, 'store'>, { caller, request }: Partial<Pick<Request, 'caller' | 'request'>>): Promise<void> {
  if (caller !== undefined && request !== undefined) {
    await store.uncountQuery(caller, request);
  }
}

/**
 * Removes the request of a client that has gone, and records its departure. Removes the request first: after a crash, the next progress finds a
 * subscriber that has gone, but nothing finds a request without a subscription.
 */
export async function removeClient(services: Pick<TableServices, 'store' | 'queue'>, request: StoredRequest, run?: string): Promise<void> {
  if (request.terminalMessage === undefined) {
    await removeFromCount(services, request);
  }
  const joined = await services.store.removeRequest(request, request.request) ?? run;
  // The request may have joined another run since it was read.
  for (const name of new Set([run, joined])) {
    if (name !== undefined) {
      await services.store.unsubscribe(name, request.request);
    }
  }
  if (joined !== undefined) {
    await services.queue.send(createDepartureJob(joined, 'left'), DEPARTURE_DELAY_SECONDS);
  }
}

/**
 * Posts progress to subscribers in order, and removes those that have gone. Stops before the deadline. Returns the number of posts. Failures are
 * only logged, because progress is optional.
 */
export async function notifyProgress(
  services: SubmitServices, { run, deadline }: Pick<RunWork, 'run' | 'deadline'>, subscribers: readonly Subscriber[], state: ProgressMessage['state'],
): Promise<number> {
  const startedAt = services.clock.now();
  const stopsAt = Math.min(startedAt + MAX_PROGRESS_MS, deadline - PROGRESS_RESERVE_MS);
  const message: ProgressMessage = { type: 'progress', result: run.run, state, elapsedMs: getElapsedMs(run.submittedAt, startedAt) };
  const json = JSON.stringify(message);
  let posts = 0;
  await forEachConcurrently(subscribers, async (subscriber) => {
    if (services.clock.now() >= stopsAt) {
      return;
    }
    posts += 1;
    try {
      await post(services, subscriber, json);
    } catch (error) {
      if (error instanceof ConnectionGoneError) {
        await removeClient(services, subscriber, run.run);
      } else {
        services.log({ level: 'warn', event: 'progress_not_sent', run: run.run, connection_id: subscriber.connectionId, reason: String(error) });
      }
    }
  });
  return posts;
}

/** Runs an action for each item concurrently. Throws the first failure after all items. */
export async function forEachConcurrently<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const failures: unknown[] = [];
  const worker = async () => {
    for (const item of rest) {
      await action(item).catch((error) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_CONCURRENT_CALLS, items.length) }, worker));
  if (failures.length > 0) {
    throw failures[0];
  }
}

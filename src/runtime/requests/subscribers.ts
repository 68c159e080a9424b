import { post } from './post';
import type { ProgressMessage } from '../../protocol/messages';
import { getElapsedMs } from '../model/elapsed';
import { ConnectionGoneError } from '../model/errors';
import type { RequestJob, RunJob } from '../model/jobs';
import type { Request, RequestKey, StoredRequest, Subscriber } from '../model/request';
import type { RunWork } from '../model/run-work';
import type { SubmitServices, TableServices } from '../model/services';

/** A client that reloads its page is often back by then, and its departure needs no note. In seconds. */
const DEPARTURE_DELAY_SECONDS = 5;

/** The time that one worker spends on progress, while the result of the run may be waiting for it. In milliseconds. */
const MAX_PROGRESS_MS = 10_000;

/** What a worker reserves before its deadline for posts that are under way, in milliseconds. */
const PROGRESS_RESERVE_MS = 10_000;

/** A client's buffer takes about so many posts at once, and an SDK client opens twice as many connections. */
const CALLS_AT_ONCE = 25;

/** The job that moves a request on. */
export function requestJob({ connectionId, id, request, caller }: RequestKey & Partial<Pick<Subscriber, 'request' | 'caller'>>): RequestJob {
  return { type: 'request', connectionId, id, ...(request === undefined ? {} : { request }), ...(caller === undefined ? {} : { caller }), attempt: 1 };
}

/** The job by which a run moves on a request that waits for it. */
export function subscriberJob(run: string, subscriber: Subscriber): RequestJob {
  return { ...requestJob(subscriber), run };
}

/** The job that ends the subscription of a request which was perhaps removed while it subscribed; one that is still there goes on. */
export function subscriptionJob(request: RequestKey & Pick<Request, 'request' | 'run' | 'caller'>): RequestJob {
  return { ...requestJob(request), run: request.run };
}

/** The job that notes the departure of a client from a run. */
export function departureJob(run: string, departure: RunJob['departure']): RunJob {
  return { type: 'run', run, departure, attempt: 1 };
}

/**
 * Takes a request off its run and out of the table, and returns the run. The run first: a request that is not there any more is found out, a
 * subscriber is not.
 */
export async function removeRequestRecord(services: Pick<TableServices, 'store'>, request: StoredRequest, run?: string): Promise<string | undefined> {
  const { store } = services;
  if (run !== undefined) {
    await store.unsubscribe(run, request.request);
  }
  if (request.terminalMessage === undefined) {
    await uncount(services, request);
  }
  const joined = await store.removeRequest(request, request.request) ?? run;
  // Since it was read it may have been joined to a run.
  if (joined !== undefined && joined !== run) {
    await store.unsubscribe(joined, request.request);
  }
  return joined;
}

/** Takes a request off the queries that its caller has in flight. */
export async function uncount({ store }: Pick<TableServices, 'store'>, { caller, request }: Partial<Pick<Request, 'caller' | 'request'>>): Promise<void> {
  if (caller !== undefined && request !== undefined) {
    await store.uncountQuery(caller, request);
  }
}

/**
 * Forgets the request of a client that has gone, and has its run note that. The request first: when the function crashes, the next progress finds
 * a subscriber that has gone, but nothing finds a request without a subscription.
 */
export async function leave(services: Pick<TableServices, 'store' | 'queue'>, request: StoredRequest, run?: string): Promise<void> {
  if (request.terminalMessage === undefined) {
    await uncount(services, request);
  }
  const joined = await services.store.removeRequest(request, request.request) ?? run;
  // Since it was read it may have been joined to another run.
  for (const name of new Set([run, joined])) {
    if (name !== undefined) {
      await services.store.unsubscribe(name, request.request);
    }
  }
  if (joined !== undefined) {
    await services.queue.send(departureJob(joined, 'left'), DEPARTURE_DELAY_SECONDS);
  }
}

/**
 * Posts to subscribers, in their order, what their run is doing, and forgets those who have gone; stops in time before the deadline. Returns how many were
 * posted to. Nothing depends on the message, so that a failure is only logged.
 */
export async function notifyProgress(
  services: SubmitServices, { run, deadline }: Pick<RunWork, 'run' | 'deadline'>, subscribers: readonly Subscriber[], state: ProgressMessage['state'],
): Promise<number> {
  const startedAt = services.clock.now();
  const stopsAt = Math.min(startedAt + MAX_PROGRESS_MS, deadline - PROGRESS_RESERVE_MS);
  const message: ProgressMessage = { type: 'progress', result: run.run, state, elapsedMs: getElapsedMs(run.submittedAt, startedAt) };
  const text = JSON.stringify(message);
  let posts = 0;
  await forEachConcurrently(subscribers, async (subscriber) => {
    if (services.clock.now() >= stopsAt) {
      return;
    }
    posts += 1;
    try {
      await post(services, subscriber, text);
    } catch (error) {
      if (error instanceof ConnectionGoneError) {
        await leave(services, subscriber, run.run);
      } else {
        services.log({ level: 'warn', event: 'progress_not_sent', run: run.run, connection_id: subscriber.connectionId, reason: String(error) });
      }
    }
  });
  return posts;
}

/** Runs an action for each item, for several at once. Throws the first failure after all items. */
export async function forEachConcurrently<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const failures: unknown[] = [];
  const worker = async () => {
    for (const item of rest) {
      await action(item).catch((error) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(CALLS_AT_ONCE, items.length) }, worker));
  if (failures.length > 0) {
    throw failures[0];
  }
}

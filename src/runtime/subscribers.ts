import type { RequestJob, RunJob } from './jobs';
import { ConnectionGone } from './ports';
import { post } from './post';
import type { Request, RequestKey, StoredRequest, Subscriber } from './request';
import type { Run } from './run';
import type { AskingServices, TableServices } from './services';
import type { ProgressMessage } from '../protocol/messages';

/** How long nobody may wait for a run before its statement is cancelled: a page that is loaded again is back by then. In seconds. */
export const GRACE_SECONDS = 10;

/** A client's buffer and a Lambda function both take about that many posts at once. */
const POSTS_AT_ONCE = 25;

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

/** The job that looks whether anybody still waits for a run. */
export function desertedJob(run: string): RunJob {
  return { type: 'run', run, deserted: true, attempt: 1 };
}

/**
 * Takes a request off its run and out of the table, and returns the run. The run first: a request that is not there any more is found out, a
 * subscriber is not.
 */
export async function forget(services: Pick<TableServices, 'store'>, request: StoredRequest, run?: string): Promise<string | undefined> {
  const { store } = services;
  if (run !== undefined) {
    await store.unsubscribe(run, request.request);
  }
  if (request.ending === undefined) {
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

/** Forgets the request of a client that has gone, and has its run looked at after the grace. */
export async function leave(services: Pick<TableServices, 'store' | 'queue'>, request: StoredRequest, run?: string): Promise<void> {
  const joined = await forget(services, request, run);
  if (joined !== undefined) {
    await services.queue.send(desertedJob(joined), GRACE_SECONDS);
  }
}

/** Tells all who wait for a run what it is doing; forgets those who have gone. Nothing depends on it, so that a failure is only logged. */
export async function tellProgress(services: AskingServices, run: Run, subscribers: readonly Subscriber[], state: ProgressMessage['state']): Promise<void> {
  const message: ProgressMessage = { type: 'progress', result: run.run, state, elapsedMs: Math.max(0, services.clock.now() - run.askedAt) };
  const text = JSON.stringify(message);
  await forEachAtOnce(subscribers, POSTS_AT_ONCE, async (subscriber) => {
    try {
      await post(services, subscriber, text);
    } catch (error) {
      if (error instanceof ConnectionGone) {
        await leave(services, subscriber, run.run);
      } else {
        services.log({ notice: 'progress not told', run: run.run, connectionId: subscriber.connectionId, reason: String(error) });
      }
    }
  });
}

/** Does something for each item, for at most so many at the same time. */
export async function forEachAtOnce<T>(items: readonly T[], atOnce: number, action: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) {
      await action(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

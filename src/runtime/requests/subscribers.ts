import { post } from './post';
import type { ProgressMessage } from '../../protocol/messages';
import { getElapsedMs } from '../model/elapsed';
import { ConnectionGoneError } from '../model/errors';
import type { RequestJob, RunJob } from '../model/jobs';
import type { RequestKey, StoredRequest, Subscriber } from '../model/request';
import type { RunWork } from '../model/run-work';
import type { QueryServices, TableServices } from '../model/services';

/** Delay before a departure is recorded, in seconds. A client that reloads its page is often back by then. */
const DEPARTURE_DELAY_SECONDS = 5;

/** Maximum time that one worker sends progress, in milliseconds. The result of the run may wait for it. */
const MAX_PROGRESS_MS = 10_000;

/** What a worker reserves before its deadline for posts that are under way, in milliseconds. */
const PROGRESS_RESERVE_MS = 10_000;

/** Maximum number of concurrent calls: about as many as a client's buffer accepts, and half the connections of an SDK client. */
const MAX_CONCURRENT_CALLS = 25;

/** Creates the job that advances a request. */
export function createRequestJob({ connectionId, id, request }: RequestKey & Partial<Pick<Subscriber, 'request'>>): RequestJob {
  return { type: 'request', connectionId, id, ...(request === undefined ? {} : { request }), attempt: 1 };
}

/** Creates the job that records the departure of a client from a run. */
export function createDepartureJob(run: string, departure: RunJob['departure']): RunJob {
  return { type: 'run', run, departure, attempt: 1 };
}

/** Removes the request of a client that has gone, and records its departure. */
export async function removeClient({ store, queue }: Pick<TableServices, 'store' | 'queue'>, request: StoredRequest): Promise<void> {
  const run = await store.removeRequest(request);
  if (run !== undefined) {
    await queue.send(createDepartureJob(run, 'left'), DEPARTURE_DELAY_SECONDS);
  }
}

/**
 * Posts progress to subscribers in order, and removes those that have gone. Stops before the deadline. Returns the number of posts. Failures are
 * only logged, because progress is optional.
 */
export async function notifyProgress(
  services: QueryServices, { run, deadline }: Pick<RunWork, 'run' | 'deadline'>, subscribers: readonly Subscriber[], state: ProgressMessage['state'],
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
        await removeClient(services, { ...subscriber, run: run.run });
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

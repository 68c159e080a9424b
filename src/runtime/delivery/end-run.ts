import { ServiceBusyError, StatementRejectedError } from '../model/errors';
import type { RequestJob } from '../model/jobs';
import { createCacheKey } from '../model/query-request';
import type { Subscriber } from '../model/request';
import type { RequestWork } from '../model/request-work';
import { RECORD_SLACK_SECONDS } from '../model/run';
import type { Outcome, Run } from '../model/run';
import { getNextCheckSeconds, saveRun } from '../model/run-work';
import type { NextCheck, RunWork } from '../model/run-work';
import type { QueryServices } from '../model/services';
import { settleAll } from '../model/settle-all';
import { acquireRequest, advanceRequest, deliverResult, releaseRequest } from '../requests/deliver-result';
import { createRequestJob } from '../requests/subscribers';
import { startStatement } from '../runs/start-run';

/**
 * Maximum number of requests to which the worker that ends a run delivers the result itself. More requests, and those after a crash, are left to the
 * queue.
 */
const MAX_INLINE_DELIVERIES = 4;

/**
 * Ends a run: stores its outcome, then reads its subscribers. Meanwhile acquires the requests that were read ahead, so that they receive the result
 * immediately.
 */
export async function endRun(services: QueryServices, work: RunWork, outcome: Outcome, changes: Partial<Run> = {}): Promise<NextCheck> {
  const { run: { run, query, definition, statementId }, job } = work;
  const endedAt = services.clock.now();
  const retainedUntil = endedAt + definition.resultRetentionSeconds * 1000;
  const expiresAt = Math.ceil(retainedUntil / 1000) + RECORD_SLACK_SECONDS;
  const isLast = job.check === undefined && changes.toCancel !== true;
  const acquiring = work.acquireRequests?.() ?? acquireAhead(services, work);
  try {
    await saveRun(services, work, { statementId, outcome, endedAt, retainedUntil, expiresAt, ...changes }, isLast);
  } catch (error) {
    await Promise.all((await acquiring).map(async (delivery) => releaseRequest(services, delivery)));
    throw error;
  }
  services.log({ level: 'info', event: 'query_ended', run, query, outcome: outcome.type, rows: work.run.fetched.rows });
  const deliveries = await acquiring;
  const [next] = await settleAll([
    isLast ? deliverToOthers(services, work, deliveries) : settleRun(services, work),
    expireCachedRun(services, work),
    ...deliveries.map(async (delivery) => deliver(services, work, delivery)),
  ]);
  return next;
}

/** Frees the cache key when the result can no longer be reused. If that fails, the next request for the result makes more calls to replace the run. */
async function expireCachedRun({ store, log }: QueryServices, { run }: RunWork): Promise<void> {
  const { resultReuseSeconds } = run.definition;
  const isReusable = run.outcome!.type === 'complete' && resultReuseSeconds > 0;
  const expiresAt = isReusable ? Math.ceil(run.endedAt! / 1000) + resultReuseSeconds : Math.floor(run.endedAt! / 1000);
  await store.expireCachedRun(createCacheKey(run), run.run, expiresAt)
    .catch((reason) => log({ level: 'warn', event: 'cache_key_not_freed', run: run.run, reason: String(reason) }));
}

/** Acquires the requests of the subscribers that were read ahead, unless there are many or the run has had crashes. */
async function acquireAhead(services: QueryServices, { ahead, crashes, deadline }: RunWork): Promise<RequestWork[]> {
  const subscribers = await ahead?.subscribers?.catch(() => []) ?? [];
  if (subscribers.length > MAX_INLINE_DELIVERIES || crashes > 0) {
    return [];
  }
  const works = await Promise.all(subscribers.map(async (subscriber) => {
    return acquireRequest(services, createRequestJob(subscriber), deadline).catch(() => undefined);
  }));
  return works.filter((work) => work !== undefined);
}

/** Delivers the result to a request that this worker has acquired. */
async function deliver(services: QueryServices, { run }: RunWork, delivery: RequestWork): Promise<void> {
  delivery.savedRun = run;
  await orDefer(services, delivery.job, async () => advanceRequest(services, delivery));
}

/** Advances a request. If that fails, leaves it to the queue. */
async function orDefer({ queue, log }: QueryServices, job: RequestJob, advance: () => Promise<void>): Promise<void> {
  try {
    await advance();
  } catch (error) {
    log({ level: 'warn', event: 'request_deferred', connection_id: job.connectionId, reason: String(error) });
    await queue.send(job, 1);
  }
}

/** Delivers the result to the subscribers that weren't read ahead. The next check finds those that remain. */
async function deliverToOthers(services: QueryServices, work: RunWork, deliveries: readonly RequestWork[]): Promise<NextCheck> {
  const acquired = new Set(deliveries.map(({ request }) => request.request));
  const subscribers = await services.store.subscribers(work.run.run);
  await deliverToSubscribers(services, work, subscribers.filter(({ request }) => !acquired.has(request)));
  return 'released';
}

/** Delivers the result of an ended run to all subscribers, and checks whether any remain. */
export async function settleRun(services: QueryServices, work: RunWork): Promise<NextCheck> {
  const { store, clock } = services;
  const { run, check, settled, endedAt } = work.run;
  const subscribers = await store.subscribers(run);
  await deliverToSubscribers(services, work, subscribers);
  if (work.run.toCancel && !await tryCancel(services, work)) {
    return getNextCheckSeconds(0);
  }
  if (subscribers.length === 0 || (await store.subscribers(run)).length === 0) {
    return settleIdleRun(services, work);
  }
  if (settled && work.job.check === undefined) {
    // The checks have ended. A hint isn't a check, but can restart them.
    await services.queue.send({ type: 'run', run, check, attempt: 1 });
  }
  return getNextCheckSeconds(clock.now() - endedAt!);
}

/** Ends the checks of a run without subscribers, and releases the run. A request that has just subscribed needs the next check. */
async function settleIdleRun(services: QueryServices, work: RunWork): Promise<NextCheck> {
  const { run } = work.run;
  const check = work.run.check + 1;
  await saveRun(services, work, { settled: true, check }, true);
  if ((await services.store.subscribers(run)).length > 0) {
    await services.queue.send({ type: 'run', run, check, attempt: 1 });
  }
  return 'released';
}

async function deliverToSubscribers(services: QueryServices, work: RunWork, subscribers: readonly Subscriber[]): Promise<void> {
  const { deadline, crashes } = work;
  const jobs = subscribers.map((subscriber) => createRequestJob(subscriber));
  if (jobs.length > MAX_INLINE_DELIVERIES || crashes > 0) {
    await services.queue.sendAll(jobs.map((job) => ({ job })));
    return;
  }
  await Promise.all(jobs.map(async (job) => orDefer(services, job, async () => deliverResult(services, job, deadline))));
}

/** Returns false if the cancellation is deferred. */
async function tryCancel(services: QueryServices, work: RunWork): Promise<boolean> {
  try {
    await stopStatement(services, work);
  } catch (error) {
    if (error instanceof ServiceBusyError) {
      services.log({ level: 'warn', event: 'cancellation_deferred', run: work.run.run, reason: error.message });
      return false;
    }
    throw error;
  }
  await saveRun(services, work, { toCancel: false });
  return true;
}

/** Cancels the statement of a run. If its id was lost, starts it again to get the id. */
export async function stopStatement(services: QueryServices, { run }: RunWork): Promise<void> {
  try {
    const statementId = run.statementId ?? (run.mayHaveStarted ? (await startStatement(services, run)).statementId : undefined);
    if (statementId !== undefined) {
      await services.statementApi.cancel(statementId);
      services.log({ level: 'info', event: 'statement_canceled', run: run.run });
    }
  } catch (error) {
    if (!(error instanceof StatementRejectedError)) {
      throw error;
    }
    services.log({ level: 'warn', event: 'statement_not_canceled', run: run.run, reason: error.message });
  }
}

import { isDeepStrictEqual } from 'node:util';
import { endRun } from './end-run';
import { fetchResult } from './fetch-result';
import type { Fetching } from './fetch-result';
import { recordDeparture, waitForClients } from './idle-run';
import type { ProgressMessage } from '../../protocol/messages';
import { getElapsedMs } from '../model/elapsed';
import { ServiceBusyError, StatementRejectedError } from '../model/errors';
import type { StatementDescription } from '../model/ports';
import type { Outcome } from '../model/run';
import { getNextRunCheckSeconds, saveRun } from '../model/run-work';
import type { NextCheck, RunWork } from '../model/run-work';
import type { QueryServices } from '../model/services';
import { notifyProgress } from '../requests/subscribers';
import { startHeldRun } from '../runs/start-run';

/** The outcome of a run whose statement can't start because a deployment changed the database. */
const MOVED_OUTCOME: Outcome = {
  type: 'error',
  code: 'start_refused',
  message: 'A deployment changed the database before the query started. Submit the query again.',
  retryable: true,
};

/** Takes the next step of a run: starts its statement, checks it, or fetches its result. */
export async function runStatement(services: QueryServices, work: RunWork): Promise<NextCheck> {
  const { run, job } = work;
  if (services.clock.now() >= run.timeoutAt) {
    return endRun(services, work, createTimeoutOutcome(work), { toCancel: true });
  }
  if (job.departure !== undefined) {
    return recordDeparture(services, work);
  }
  try {
    const statementId = run.statementId ?? job.statementId;
    return statementId === undefined ? await start(services, work) : await follow(services, work, statementId);
  } catch (error) {
    if (error instanceof StatementRejectedError) {
      services.log({ level: 'error', event: 'statement_rejected', run: run.run, query: run.query, reason: error.message });
      return endRun(services, work, createRejectionOutcome(services, work), { toCancel: work.run.statementId !== undefined });
    }
    throw error;
  }
}

async function start(services: QueryServices, work: RunWork): Promise<NextCheck> {
  const { run } = work;
  if ((await services.store.subscribers(run.run)).length === 0) {
    return waitForClients(services, work);
  }
  try {
    await startHeldRun(services, work);
  } catch (error) {
    if (!(error instanceof ServiceBusyError) || work.job.check === undefined) {
      throw error;
    }
    return watch(services, work, 'waiting');
  }
  return getNextRunCheckSeconds(run, services.clock.now());
}

async function follow(services: QueryServices, work: RunWork, statementId: string): Promise<NextCheck> {
  if (work.run.statementId === undefined) {
    await saveRun(services, work, { statementId });
  }
  const { ahead } = work;
  const description = await (ahead?.statementId === statementId ? ahead.description : services.statementApi.describe(statementId));
  if (description.state !== 'running') {
    return finishRun(services, work, statementId, description);
  }
  if (work.job.statementId !== undefined) {
    throw new ServiceBusyError('the statement has not ended yet');
  }
  return work.job.check === undefined ? getNextRunCheckSeconds(work.run, services.clock.now()) : watch(services, work, 'running');
}

/** Sends progress to as many subscribers as time allows. The next check continues with the others. */
async function watch(services: QueryServices, work: RunWork, state: ProgressMessage['state']): Promise<NextCheck> {
  const { run, progressUntil = '' } = work.run;
  const subscribers = await services.store.subscribers(run);
  if (subscribers.length === 0) {
    return waitForClients(services, work);
  }
  const rest = subscribers.filter(({ request }) => request > progressUntil);
  const posts = await notifyProgress(services, work, rest, state);
  if (posts < rest.length) {
    await saveRun(services, work, { progressUntil: rest[posts - 1]?.request ?? progressUntil });
    return 'more';
  }
  if (progressUntil !== '') {
    await saveRun(services, work, { progressUntil: undefined });
  }
  return getNextRunCheckSeconds(work.run, services.clock.now());
}

async function finishRun(services: QueryServices, work: RunWork, statementId: string, description: StatementDescription): Promise<NextCheck> {
  recordEventTime(services, work, description);
  if (description.state !== 'finished') {
    return endRun(services, work, createFailureOutcome(description));
  }
  if (!description.hasResultSet) {
    return endRun(services, work, createCompleteOutcome(work, description));
  }
  const fetching = await fetchOrNotify(services, work, statementId);
  if (fetching.state === 'paused') {
    return fetching.next;
  }
  const { fetched, batches, timing, truncated, rejection } = fetching;
  work.run = { ...work.run, fetched, timing };
  const outcome = rejection === undefined
    ? createCompleteOutcome(work, description, truncated)
    : { type: 'error', code: rejection.code, message: rejection.message, retryable: false } as const;
  return endRun(services, work, outcome, { fetched, batches, timing });
}

async function fetchOrNotify(services: QueryServices, work: RunWork, statementId: string): Promise<Fetching> {
  try {
    return await fetchResult(services, work, statementId);
  } catch (error) {
    if (error instanceof ServiceBusyError) {
      await notifyProgress(services, work, await services.store.subscribers(work.run.run), 'waiting');
    }
    throw error;
  }
}

function recordEventTime({ clock }: QueryServices, work: RunWork, { endedAt }: StatementDescription): void {
  const { run: { timing }, ahead: { startedAt: now } = { startedAt: clock.now() } } = work;
  work.run = { ...work.run, timing: { ...timing, eventMs: timing.eventMs ?? getElapsedMs(endedAt ?? now, now) } };
}

function createCompleteOutcome({ run }: RunWork, { runningMs, endedAt = run.submittedAt }: StatementDescription, truncated = false): Outcome {
  const { fetched: { seq, rows, bytes }, timing: { eventMs = 0, fetchingMs } } = run;
  const waitingMs = Math.max(0, Math.round(endedAt - run.submittedAt - runningMs));
  return { type: 'complete', messages: seq, rows, bytes, truncated, timing: { waitingMs, runningMs, eventMs, fetchingMs, pushingMs: 0 } };
}

function createFailureOutcome({ state, error }: StatementDescription): Outcome {
  const failed = state === 'failed';
  return {
    type: 'error',
    code: failed ? 'statement_failed' : 'statement_aborted',
    message: error ?? (failed ? 'The statement failed. Redshift returned no error message.' : 'The statement was canceled. Submit the query again.'),
    retryable: !failed,
  };
}

function createTimeoutOutcome({ run: { submittedAt, timeoutAt } }: RunWork): Outcome {
  const limit = Math.round((timeoutAt - submittedAt) / 1000);
  return { type: 'error', code: 'time_limit', message: `The query exceeded its timeout of ${limit} seconds and was canceled. Reduce the amount of data that it reads.`, retryable: true, limit };
}

function createRejectionOutcome({ target }: QueryServices, { run }: RunWork): Outcome {
  if (run.statementId === undefined && !isDeepStrictEqual(run.definition.target, target)) {
    return MOVED_OUTCOME;
  }
  const rejected = run.statementId === undefined ? 'the statement' : 'the request for the result';
  return { type: 'error', code: 'start_refused', message: `Redshift rejected ${rejected}. The logs of the service contain the reason.`, retryable: false };
}

import { closeRun } from './close-run';
import { endRun, settleRun } from './end-run';
import { readAhead } from './read-ahead';
import { runStatement } from './run-statement';
import { ServiceBusyError, LeaseLostError } from '../model/errors';
import { resetAttempts, getRetryDelaySeconds } from '../model/jobs';
import type { RunJob } from '../model/jobs';
import { MAX_CRASHES } from '../model/ports';
import type { Lease, LeaseResult, StatementDescription } from '../model/ports';
import type { Run } from '../model/run';
import type { NextCheck, RunWork } from '../model/run-work';
import { createLease } from '../model/services';
import type { QueryServices } from '../model/services';
import { acquireLease } from '../requests/acquire-lease';
import { RETRIES_EXHAUSTED_MESSAGE } from '../requests/terminal-message';

type Step = (services: QueryServices, work: RunWork) => Promise<NextCheck>;

/** Advances a run as far as currently possible. Each check queues the next one until no subscriber remains. */
export async function advanceRun(services: QueryServices, job: RunJob, deadline: number, step: Step = takeNextStep): Promise<void> {
  const lease = createLease(services, deadline);
  const ahead = readAhead(services, job);
  const acquired = await acquireLease(async () => acquireRun(services, job, lease));
  if (acquired.state === 'acquired') {
    const { record: run, crashes } = acquired;
    const isExhausted = crashes >= MAX_CRASHES;
    if (isExhausted) {
      services.log({ level: 'error', event: 'retries_exhausted', job: job.type, run: job.run });
    }
    await tryStep(services, { job, lease, deadline, crashes, run, ahead }, isExhausted ? takeLastStep : step);
  } else if (acquired.state !== 'missing') {
    await retryLater(services, job);
  }
}

/** Acquires the run of a job. Reads it first for a check, because most checks are over, and a read costs less than a write. */
async function acquireRun({ store }: QueryServices, { run: name, check }: RunJob, lease: Lease): Promise<LeaseResult<Run>> {
  if (check !== undefined) {
    const run = await store.run(name);
    if (run === undefined || check < run.check) {
      return { state: 'missing' };
    }
  }
  return store.acquireRun(name, lease);
}

/** Ends a run whose statement ended during the wait of the call that started it. Leaves a large result to the queue. */
export async function advanceStartedRun(services: QueryServices, work: Omit<RunWork, 'job' | 'crashes'>, description: StatementDescription): Promise<void> {
  const { run: { run, statementId } } = work;
  const ahead = { statementId: statementId!, startedAt: services.clock.now(), description: Promise.resolve(description) };
  await tryStep(services, { ...work, job: { type: 'run', run, statementId, attempt: 1 }, crashes: 0, ahead }, takeNextStep);
}

/** Ends a run whose retries are exhausted; its clients receive an error. */
export async function failRun(services: QueryServices, job: RunJob, deadline: number): Promise<void> {
  await advanceRun(services, job, deadline, takeLastStep);
}

async function takeLastStep(services: QueryServices, work: RunWork): Promise<NextCheck> {
  if (work.run.outcome !== undefined || work.run.isClosed) {
    return takeNextStep(services, work);
  }
  return endRun(services, work, { type: 'error', code: 'internal', message: RETRIES_EXHAUSTED_MESSAGE, retryable: true }, { toCancel: true });
}

async function tryStep(services: QueryServices, work: RunWork, step: Step): Promise<void> {
  const { job, run: { fetched } } = work;
  try {
    if (job.check !== undefined && job.check < work.run.check) {
      await release(services, work);
      return;
    }
    await scheduleNext(services, work, await step(services, work));
  } catch (error) {
    await recover(services, work, error, work.run.fetched.seq > fetched.seq);
  }
}

async function takeNextStep(services: QueryServices, work: RunWork): Promise<NextCheck> {
  const { isClosed, outcome } = work.run;
  if (isClosed) {
    return closeRun(services, work);
  }
  return outcome === undefined ? runStatement(services, work) : settleRun(services, work);
}

/** Queues the next check before it saves the check's number. After a crash in between, the check is sent twice, but never lost. */
async function scheduleNext(services: QueryServices, work: RunWork, next: NextCheck): Promise<void> {
  const { job, run: { run } } = work;
  if (next === 'removed' || next === 'released') {
    return;
  }
  if (job.check === undefined) {
    await release(services, work);
    if (next === 'more') {
      await services.queue.send({ ...resetAttempts(job), finished: undefined });
    }
  } else {
    const check = job.check + 1;
    await services.queue.send({ type: 'run', run, check, attempt: 1 }, next === 'more' ? 0 : next);
    await release(services, work, { check, settled: false });
  }
}

async function recover(services: QueryServices, work: RunWork, error: unknown, hasProgressed: boolean): Promise<void> {
  const { job, run: { run } } = work;
  if (error instanceof LeaseLostError) {
    services.log({ level: 'warn', event: 'run_lease_lost', run });
    // The worker that holds the run handles hints. Checks must continue, because each queues the next one.
    if (job.check !== undefined) {
      await retryLater(services, job);
    }
    return;
  }
  await release(services, work).catch((reason) => services.log({ level: 'warn', event: 'lease_not_released', run, reason: String(reason) }));
  if (!(error instanceof ServiceBusyError)) {
    throw error;
  }
  services.log({ level: 'warn', event: 'run_deferred', run, attempt: job.attempt, reason: error.message });
  await retryLater(services, hasProgressed ? { ...resetAttempts(job), attempt: 0 } : job);
}

/** Releases the lease of a run. Also stores the id of a statement that ended during the wait of the call that started it. */
async function release({ store }: QueryServices, { run: { run, statementId }, lease }: RunWork, changes: Partial<Run> = {}): Promise<void> {
  await store.saveRun(run, lease, { statementId, ...changes }, true);
}

async function retryLater({ queue }: QueryServices, job: RunJob): Promise<void> {
  const attempts = job.attempt + 1;
  await queue.send({ ...job, attempt: attempts, finished: undefined }, getRetryDelaySeconds(attempts));
}

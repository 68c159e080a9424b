import { SqlScanError } from '../../shared/sql-scanner';
import { bindValues, UnknownPlaceholderError } from '../../shared/sql-statement';
import type { BoundStatement } from '../../shared/sql-statement';
import { ServiceBusyError, ThrottledError, StatementRejectedError, LeaseLostError } from '../model/errors';
import { getRetryDelaySeconds } from '../model/jobs';
import type { Run } from '../model/run';
import { saveRun } from '../model/run-work';
import type { HeldRun } from '../model/run-work';
import { createLease } from '../model/services';
import type { SubmitServices } from '../model/services';

/** Starts the statement of a run, and returns its id. Starting it again returns the same id. */
export async function startStatement({ statementApi }: SubmitServices, { run, parameters, definition }: Run): Promise<string> {
  return statementApi.start({ run, target: definition.target, ...bindStatement(definition.sql, parameters) });
}

/** SQL that is known only at deployment can be invalid. A retry doesn't help. */
function bindStatement(sql: string, parameters: Run['parameters']): BoundStatement {
  try {
    return bindValues(sql, parameters);
  } catch (error) {
    throw error instanceof SqlScanError || error instanceof UnknownPlaceholderError ? new StatementRejectedError(`invalid SQL: ${error.message}`) : error;
  }
}

/** Starts the statement of a run, and stores its id. Throws LeaseLostError and the errors of the call. */
export async function startHeldRun(services: SubmitServices, work: HeldRun, release = false): Promise<void> {
  const { run, isNew = false } = work;
  if (!run.mayHaveStarted) {
    await saveRun(services, work, { mayHaveStarted: true });
  }
  let statementId;
  try {
    statementId = await startStatement(services, run);
  } catch (error) {
    if (error instanceof ThrottledError && (isNew || !run.mayHaveStarted)) {
      await saveRun(services, work, { mayHaveStarted: false });
    }
    throw error;
  }
  await saveRun(services, work, { state: 'running', statementId }, release);
}

/** Starts a waiting run, unless another worker does. Returns false if the start is deferred to the queue. */
export async function startRun(services: SubmitServices, name: string, deadline: number): Promise<boolean> {
  const { store } = services;
  const lease = createLease(services, deadline);
  const acquired = await store.acquireRun(name, lease);
  if (acquired.state !== 'acquired') {
    return true;
  }
  if (acquired.record.state !== 'waiting') {
    await store.saveRun(name, lease, {}, true);
    return true;
  }
  return startNewRun(services, { run: acquired.record, lease });
}

/** Starts a run whose lease this worker holds, and releases the lease. Returns false if the start is deferred to the queue. */
export async function startNewRun(services: SubmitServices, work: HeldRun): Promise<boolean> {
  const { store, queue, log } = services;
  const { run: { run }, lease } = work;
  try {
    await startHeldRun(services, work, true);
    return true;
  } catch (error) {
    if (error instanceof LeaseLostError) {
      return true;
    }
    log({ level: 'warn', event: 'start_deferred', run, reason: String(error) });
    await store.saveRun(run, lease, {}, true);
    await queue.send({ type: 'run', run, attempt: 2 }, error instanceof ServiceBusyError ? getRetryDelaySeconds(2) : 0);
    return false;
  }
}

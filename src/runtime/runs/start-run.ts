import { SqlScanError } from '../../shared/sql-scanner';
import { bindValues, UnknownPlaceholderError } from '../../shared/sql-statement';
import type { BoundStatement } from '../../shared/sql-statement';
import { ServiceBusyError, ThrottledError, StatementRejectedError, LeaseLostError } from '../model/errors';
import { getRetryDelaySeconds } from '../model/jobs';
import type { StartedStatement, StatementDescription } from '../model/ports';
import type { Run } from '../model/run';
import { saveRun } from '../model/run-work';
import type { HeldRun } from '../model/run-work';
import type { QueryServices } from '../model/services';

/** Starts the statement of a run, and optionally waits for its end. Starting it again returns the same id. */
export async function startStatement({ statementApi }: QueryServices, run: Run, waitSeconds?: number): Promise<StartedStatement> {
  const { run: name, waitsUntil, parameters, definition } = run;
  return statementApi.start({ run: name, waitsUntil, target: definition.target, ...bindStatement(definition.sql, parameters) }, waitSeconds);
}

/** SQL that is known only at deployment can be invalid. A retry doesn't help. */
function bindStatement(sql: string, parameters: Run['parameters']): BoundStatement {
  try {
    return bindValues(sql, parameters);
  } catch (error) {
    throw error instanceof SqlScanError || error instanceof UnknownPlaceholderError ? new StatementRejectedError(`invalid SQL: ${error.message}`) : error;
  }
}

/** How to start a run. */
interface StartOptions {
  /** How long to wait for the end of the statement, in seconds. */
  readonly waitSeconds?: number;
  /** Whether to release the lease, unless the statement ended during the wait. */
  readonly release?: boolean;
}

/**
 * Starts the statement of a run. Returns its description if it ended during the wait. Otherwise stores its id. Throws LeaseLostError and the errors of
 * the call.
 */
export async function startHeldRun(
  services: QueryServices, work: HeldRun, { waitSeconds, release }: StartOptions = {},
): Promise<StatementDescription | undefined> {
  const { run, isNew = false } = work;
  if (!run.mayHaveStarted) {
    await saveRun(services, work, { mayHaveStarted: true });
  }
  let started;
  try {
    started = await startStatement(services, run, waitSeconds);
  } catch (error) {
    if (error instanceof ThrottledError && (isNew || !run.mayHaveStarted)) {
      await saveRun(services, work, { mayHaveStarted: false });
    }
    throw error;
  }
  const { statementId, description } = started;
  if (description === undefined) {
    await saveRun(services, work, { statementId }, release);
  } else {
    work.run = { ...work.run, statementId };
  }
  return description;
}

/** `deferred`: the queue starts the run. A description: the statement ended during the wait, and the lease is still held. */
export type Start = 'started' | 'deferred' | StatementDescription;

/** Starts a run whose lease this worker holds, and releases the lease unless the statement ended during the wait. */
export async function startNewRun(services: QueryServices, work: HeldRun, waitSeconds?: number): Promise<Start> {
  const { store, queue, log } = services;
  const { run: { run }, lease } = work;
  try {
    return await startHeldRun(services, work, { waitSeconds, release: true }) ?? 'started';
  } catch (error) {
    if (error instanceof LeaseLostError) {
      return 'started';
    }
    log({ level: 'warn', event: 'start_deferred', run, reason: String(error) });
    await store.saveRun(run, lease, {}, true);
    await queue.send({ type: 'run', run, attempt: 2 }, error instanceof ServiceBusyError ? getRetryDelaySeconds(2) : 0);
    return 'deferred';
  }
}

import { SqlScanError } from '../../shared/sql-scanner';
import { bindValues, UnknownPlaceholder } from '../../shared/sql-statement';
import type { BoundStatement } from '../../shared/sql-statement';
import { retryDelaySeconds } from '../model/jobs';
import { ServiceBusy, StatementRefused, Throttled } from '../model/ports';
import type { Run } from '../model/run';
import { LeaseLost, saveRun } from '../model/run-work';
import type { HeldRun } from '../model/run-work';
import { newLease } from '../model/services';
import type { AskingServices } from '../model/services';

/** Starts the statement of a run, and returns its id. Starting it again returns the same id. */
export async function startStatement({ warehouse }: AskingServices, { run, parameters, definition }: Run): Promise<string> {
  if (definition === undefined) {
    throw new StatementRefused('an earlier version of this service stored the run, without its SQL');
  }
  return warehouse.start({ run, target: definition.target, ...statementOf(definition.sql, parameters) });
}

/** SQL that became known only at deployment may be wrong in a way that asking again cannot change. */
function statementOf(sql: string, parameters: Run['parameters']): BoundStatement {
  try {
    return bindValues(sql, parameters);
  } catch (error) {
    throw error instanceof SqlScanError || error instanceof UnknownPlaceholder ? new StatementRefused(`the SQL of the query cannot be run: ${error.message}`) : error;
  }
}

/** Starts the statement of a run that is held. That it may have had effect is stored before, its id after. Throws LeaseLost, and what the start throws. */
export async function startHeldRun(services: AskingServices, work: HeldRun, release = false): Promise<void> {
  const { run } = work;
  if (!run.mayHaveStarted) {
    await saveRun(services, work, { mayHaveStarted: true });
  }
  let statementId;
  try {
    statementId = await startStatement(services, run);
  } catch (error) {
    if (error instanceof Throttled && !run.mayHaveStarted) {
      await saveRun(services, work, { mayHaveStarted: false });
    }
    throw error;
  }
  await saveRun(services, work, { state: 'running', statementId }, release);
}

/** Starts a run that was just made. Returns false when it has to wait: the queue tries again, and deals with what is no matter of waiting. */
export async function startRun(services: AskingServices, name: string, deadline: number): Promise<boolean> {
  const { store, queue, log } = services;
  const lease = newLease(services, deadline);
  const claim = await store.claimRun(name, lease);
  if (claim.state !== 'claimed') {
    return true;
  }
  if (claim.record.state !== 'waiting') {
    await store.saveRun(name, lease, {}, true);
    return true;
  }
  try {
    await startHeldRun(services, { run: claim.record, lease }, true);
    return true;
  } catch (error) {
    if (error instanceof LeaseLost) {
      return true;
    }
    log({ notice: 'start waits', run: name, reason: String(error) });
    await store.saveRun(name, lease, {}, true);
    await queue.send({ type: 'run', run: name, attempt: 2 }, error instanceof ServiceBusy ? retryDelaySeconds(2) : 0);
    return false;
  }
}

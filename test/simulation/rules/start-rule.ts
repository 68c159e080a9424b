import { isDeepStrictEqual } from 'node:util';
import type { Run } from '../../../src/runtime/model/run';
import type { ClientQuery } from '../client/client-query';
import type { Statement } from '../services/simulated-redshift';
import type { Simulation } from '../simulation';

/**
 * P4, at the moment when a statement starts. The rule, as sharp as it holds:
 * - A run that is over is started only to learn the id of a statement to cancel; one that has exceeded its timeout is canceled at its next check.
 * - No other statement of the query request runs that a new client could join: its run waits or runs, within its timeout, without a request to
 *   cancel it, and it was never closed: while it was, a new client could not detect that it would be opened again.
 * - No run of the query request has finished within its timeout and its reuse time, unless a query of the query request allows less age.
 */
export async function checkStart(simulation: Simulation, statement: Statement): Promise<void> {
  const { store, world, redshift } = simulation;
  const run = store.lastKnown(statement.run);
  if (run === undefined) {
    world.broken('P4', `a statement was started for ${statement.run}, a run that was never stored`);
  } else if (run.outcome !== undefined || run.isClosed || store.isRemoved(run.run)) {
    world.counts.add('statement started to be cancelled');
  } else if (world.clock.now() >= run.timeoutAt - skewOf(simulation)) {
    world.counts.add('statement started after its time limit');
  } else {
    const isSame = (other: Statement) => {
      return other.queryRequest === statement.queryRequest && isDeepStrictEqual(store.lastKnown(other.run)?.definition, run.definition);
    };
    redshift.statements.filter(isSame).forEach((other) => checkPair(simulation, statement, run, other));
  }
}

/** By how much the clocks of two functions differ at most. */
function skewOf({ world: { scenario: { clockSkewMs = 0 } } }: Simulation): number {
  return 2 * clockSkewMs;
}

function checkPair(simulation: Simulation, statement: Statement, run: Run, other: Statement): void {
  const { store, world, clients } = simulation;
  const skew = skewOf(simulation);
  const now = world.clock.now() + skew;
  const otherRun = store.lastKnown(other.run);
  if (otherRun === undefined || store.isRemoved(other.run) || store.wasClosed(other.run)) {
    return;
  }
  const about = `the statement of ${statement.run}, query request ${statement.queryRequest}, was started`;
  if (otherRun.outcome === undefined) {
    if (other.cancelledAt === undefined && now < otherRun.timeoutAt) {
      world.broken('P4', `${about} while ${other.id} of ${other.run} runs for it, which is ${other.state}`);
    }
    return;
  }
  const { resultReuseSeconds, resultRetentionSeconds } = run.definition!;
  const reuse = Math.min(resultReuseSeconds, resultRetentionSeconds);
  const age = run.submittedAt - (otherRun.endedAt ?? Infinity);
  const { endedAt = Infinity, timeoutAt, outcome } = otherRun;
  if (outcome?.type === 'complete' && endedAt < timeoutAt && age >= skew && age < reuse * 1000 - skew) {
    const queries = clients.flatMap(({ connections }) => connections).flatMap((connection) => connection.queries);
    if (!queries.some((query) => query.submission.queryRequest === statement.queryRequest && mayReject(query, age + skew))) {
      world.broken('P4', `${about} though ${other.run} completed it ${age} ms before, and may be used again for ${reuse} s`);
    }
  }
}

function mayReject({ submission: { maxAge } }: ClientQuery, age: number): boolean {
  return maxAge !== undefined && age >= maxAge * 1000;
}

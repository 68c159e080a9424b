import { isUnknownTo } from './version-rule';
import type { ErrorMessage } from '../../../src/protocol/messages';
import type { Run } from '../../../src/runtime/model/run';
import type { ClientQuery } from '../client/client-query';
import type { RecordedStore } from '../services/recorded-store';
import type { SimulatedRedshift } from '../services/simulated-redshift';
import type { World } from '../world';

const STALL_LIMIT = 10 * 60 * 1000;

/** The facts that decide whether an error is valid. */
export interface Facts {
  readonly world: World;
  readonly redshift: SimulatedRedshift;
  readonly store: RecordedStore;
  /** How many queries the connection of the query has submitted so far; if nothing has failed, only those that had not ended when it was sent. */
  readonly submitted: number;
  /** As many of all connections of its caller. */
  readonly submittedByCaller: number;
}

/** Why an error may not end a query; undefined when it may. */
export function whyInvalidError(query: ClientQuery, { code, result, retryable }: ErrorMessage, facts: Facts): string | undefined {
  if (code === 'start_refused' && !retryable && facts.redshift.denied.get(result ?? '')) {
    return `${query.describe()} was rejected with an error that isn't retryable because a deployment changed the database`;
  }
  return isAllowed(query, code, facts) ? undefined : `${query.describe()} ended with ${code} without a reason`;
}

function isAllowed(query: ClientQuery, code: ErrorMessage['code'], { world, redshift, store, submitted: submitted, submittedByCaller: submittedByCaller }: Facts): boolean {
  const { scenario: { settings, clockSkewMs = 0 }, clock, counts, faults } = world;
  // One function may set a limit by its clock, and another find by its own that it is over.
  const now = clock.now() + 2 * clockSkewMs;
  const result = query.result ?? query.resumed?.result;
  const statement = result === undefined ? undefined : redshift.statementOf(result);
  const run = result === undefined ? undefined : store.lastKnown(result);
  switch (code) {
    case 'statement_failed': return statement?.state === 'failed';
    case 'statement_aborted': return statement?.state === 'aborted' && statement.plan.outcome === 'aborted';
    case 'start_refused': return result !== undefined && redshift.rejected.has(result);
    case 'row_too_large': return statement !== undefined && statement.plan.width > 32_000;
    case 'time_limit': return run !== undefined && now >= run.timeoutAt;
    case 'cancelled': return query.cancelSentAt !== undefined;
    case 'stalled': return query.submission.window !== undefined && now >= query.sentAt + STALL_LIMIT;
    case 'result_expired': return result !== undefined && (hasExpired(query, result, { run, store, now }) || isOfOtherVersion(query, world));
    case 'internal': return query.isBound ? counts.of('retries exhausted') > 0 : faults.hits > 0;
    case 'unknown_query':
    case 'unknown_parameter':
    case 'missing_parameter': return !query.isBound && isUnknownTo(query.handledBy, query, world.deployment.versions);
    case 'id_in_use': return !query.isBound && query.submission.reusesId;
    case 'too_many_queries': return !query.isBound
      && (submitted > settings.maxQueriesPerConnection || submittedByCaller > (settings.maxQueriesPerCaller ?? Infinity));
    default: return false;
  }
}

/** A result is available until its retention ends; one that all clients have left before its end, until it is closed. */
function hasExpired(query: ClientQuery, result: string, { run, store, now }: { run: Run | undefined; store: RecordedStore; now: number }): boolean {
  if (run?.retainedUntil !== undefined) {
    return now >= run.retainedUntil;
  }
  return query.resumed !== undefined && (store.isRemoved(result) || store.wasClosed(result));
}

/** To resume a result, a client needs a version that defines the query and its parameters. */
function isOfOtherVersion(query: ClientQuery, { deployment: { versions } }: World): boolean {
  return query.resumed !== undefined && query.handledBy !== query.version && isUnknownTo(query.handledBy, query, versions);
}

import { RejectedRequestError } from '../model/errors';
import type { QueryInFlight, Request } from '../model/request';
import type { SubmitServices } from '../model/services';

/**
 * Rejects a request before anything is stored or queued, at the cost of one read. Throws RejectedRequestError if the id is in use or a limit is
 * reached. Returns the queries in flight.
 */
export async function rejectBeforeStoring(services: SubmitServices, request: Request): Promise<readonly QueryInFlight[]> {
  const inFlight = await listQueriesInFlight(services, request);
  if (inFlight.some(({ connectionId, id }) => connectionId === request.connectionId && id === request.id)) {
    throw createIdInUseError(request.id);
  }
  requireCapacity(services, request, inFlight);
  return inFlight;
}

/**
 * Rejects a stored request if the queries before it reach a limit. Of requests that are stored concurrently, the last ones are rejected, never all.
 * Requests whose writes overlap may not see each other and can exceed the limit.
 */
export async function rejectAfterStoring(services: SubmitServices, request: Request, before: readonly QueryInFlight[]): Promise<void> {
  const names = new Set(before.map((query) => query.request));
  const inFlight = await listQueriesInFlight(services, request);
  requireCapacity(services, request, inFlight.filter((other) => names.has(other.request) || ranksBefore(other, request)));
}

export function createIdInUseError(id: string): RejectedRequestError {
  return new RejectedRequestError('id_in_use', 'A query with this id is still in flight. Use a different id for each query.', id, { retryable: true });
}

/** Lists the queries in flight with one read: of the caller if callers are known, otherwise of the connection. */
async function listQueriesInFlight({ store }: SubmitServices, { connectionId, caller, opened }: Request): Promise<QueryInFlight[]> {
  if (caller !== undefined) {
    return store.queriesOf(caller);
  }
  // The query in the URL is the first one of its connection.
  return opened ? (await store.requests(connectionId)).filter(({ terminalMessage }) => terminalMessage === undefined) : [];
}

function requireCapacity(services: SubmitServices, { connectionId, caller, id }: Request, others: readonly QueryInFlight[]): void {
  const { maxQueriesPerConnection: perConnection, maxQueriesPerCaller: perCaller } = services;
  if (others.filter((other) => other.connectionId === connectionId).length >= perConnection) {
    throw createLimitError(id, `The connection has reached its limit of ${perConnection} queries in flight. Wait until one ends, or cancel one.`, perConnection);
  }
  if (caller !== undefined && perCaller !== undefined && others.length >= perCaller) {
    throw createLimitError(id, `The caller has reached its limit of ${perCaller} queries in flight on all connections. Wait until one ends, or cancel one.`, perCaller);
  }
}

function ranksBefore(one: QueryInFlight, other: QueryInFlight): boolean {
  return one.submittedAt < other.submittedAt || (one.submittedAt === other.submittedAt && one.request < other.request);
}

function createLimitError(id: string, message: string, limit: number): RejectedRequestError {
  return new RejectedRequestError('too_many_queries', message, id, { retryable: true, limit });
}

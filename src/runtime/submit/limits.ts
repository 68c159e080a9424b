import { RejectedRequestError } from '../model/errors';
import type { QueryInFlight, Request } from '../model/request';
import type { SubmitServices } from '../model/services';

/**
 * Rejects a request before anything is stored or queued for it: a rejection costs one read. Throws a RejectedRequestError if its id is in use, or if as many
 * queries as allowed are in flight. Returns those that are.
 */
export async function rejectBeforeStoring(services: SubmitServices, request: Request): Promise<readonly QueryInFlight[]> {
  const inFlight = await queriesInFlight(services, request);
  if (inFlight.some(({ connectionId, id }) => connectionId === request.connectionId && id === request.id)) {
    throw idInUse(request.id);
  }
  requireCapacity(services, request, inFlight);
  return inFlight;
}

/**
 * Rejects a stored request if as many queries as allowed were in flight before it. Of requests that are stored at the same time, those that rank last
 * are rejected and never all of them. Requests whose writes overlap may not see each other, and can exceed the limit.
 */
export async function rejectAfterStoring(services: SubmitServices, request: Request, before: readonly QueryInFlight[]): Promise<void> {
  const names = new Set(before.map((query) => query.request));
  const inFlight = await queriesInFlight(services, request);
  requireCapacity(services, request, inFlight.filter((other) => names.has(other.request) || ranksBefore(other, request)));
}

export function idInUse(id: string): RejectedRequestError {
  return new RejectedRequestError('id_in_use', 'A query with this id is still being answered; give each query an id of its own.', id, { retryable: true });
}

/** With one read: where callers are known, the queries of the caller on all its connections; else those of the connection. */
async function queriesInFlight({ store }: SubmitServices, { connectionId, caller, opened }: Request): Promise<QueryInFlight[]> {
  if (caller !== undefined) {
    return store.queriesOf(caller);
  }
  // The query in the URL is the first of its connection.
  return opened ? (await store.requests(connectionId)).filter(({ terminalMessage }) => terminalMessage === undefined) : [];
}

function requireCapacity(services: SubmitServices, { connectionId, caller, id }: Request, others: readonly QueryInFlight[]): void {
  const { maxQueriesPerConnection: perConnection, maxQueriesPerCaller: perCaller } = services;
  if (others.filter((other) => other.connectionId === connectionId).length >= perConnection) {
    throw tooMany(id, `At most ${perConnection} queries are answered on one connection at a time; wait for one to end, or cancel one.`, perConnection);
  }
  if (caller !== undefined && perCaller !== undefined && others.length >= perCaller) {
    throw tooMany(id, `At most ${perCaller} queries of one caller are answered at a time, on all its connections; wait for one to end, or cancel one.`, perCaller);
  }
}

function ranksBefore(one: QueryInFlight, other: QueryInFlight): boolean {
  return one.submittedAt < other.submittedAt || (one.submittedAt === other.submittedAt && one.request < other.request);
}

function tooMany(id: string, message: string, limit: number): RejectedRequestError {
  return new RejectedRequestError('too_many_queries', message, id, { retryable: true, limit });
}

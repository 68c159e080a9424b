import { createHash } from 'node:crypto';
import type { StatementTarget } from './ports';
import type { CanonicalValue, QueryDefinition } from '../../shared/query-definitions';

/** A query as the functions run it. */
export interface Query extends Omit<QueryDefinition, 'sql'> {
  readonly sql: string;
}

/** The queries by name. */
export type Queries = Readonly<Record<string, Query>>;

/** What a client can submit: the queries, and the database that they run in. */
export interface QueryCatalog {
  readonly queries: Queries;
  readonly target: StatementTarget;
}

/**
 * The definition of a query when a client submitted it, and the database of that moment. It is stored with the query: a deployment may change both
 * before the statement starts or its result is fetched.
 */
export interface SubmittedDefinition extends Omit<Query, 'parameters'> {
  readonly target: StatementTarget;
  /** The claim that gives the value of a parameter, by the parameter's name. */
  readonly claims: Readonly<Record<string, string>>;
}

/** What was asked, with a canonical value for every parameter of the query: those who ask the same may share one answer. */
export interface QueryRequest {
  readonly query: string;
  readonly parameters: Readonly<Record<string, CanonicalValue>>;
  readonly definition: SubmittedDefinition;
}

/** Names a question: the same for the same query, definition, target and parameters, and for nothing else. */
export function cacheKey({ query, parameters, definition: { target, claims, ...definition } }: QueryRequest): string {
  const parts = [query, ...[definition, target, claims, parameters].map(sorted)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** The entries that are there, in the order of their names: a stored record has no undefined ones. */
function sorted(record: object): [string, unknown][] {
  return Object.entries(record).filter(([, value]) => value !== undefined).sort(([one], [other]) => one < other ? -1 : 1);
}

import { createHash } from 'node:crypto';
import type { StatementTarget } from './statement-target';
import type { CanonicalValue, QueryDefinition } from '../../shared/query-definitions';

/** A query definition with its SQL. */
export interface Query extends Omit<QueryDefinition, 'sql'> {
  readonly sql: string;
}

/** The queries by name. */
export type Queries = Readonly<Record<string, Query>>;

/** The available queries and their database. */
export interface QueryCatalog {
  readonly queries: Queries;
  readonly target: StatementTarget;
}

/**
 * The definition of a query and the database at submission. Stored with the query, because a deployment can change both before the statement starts
 * or its result is fetched.
 */
export interface SubmittedDefinition extends Omit<Query, 'parameters'> {
  readonly target: StatementTarget;
  /** The claim that provides the value of a parameter, by the name of the parameter. */
  readonly claims: Readonly<Record<string, string>>;
}

/** A valid query with canonical values for all parameters. Equal query requests can share a result. */
export interface QueryRequest {
  readonly query: string;
  readonly parameters: Readonly<Record<string, CanonicalValue>>;
  readonly definition: SubmittedDefinition;
}

/** Hashes the query, definition, target and parameters of a query request. */
export function createCacheKey({ query, parameters, definition: { target, claims, ...definition } }: QueryRequest): string {
  const parts = [query, ...[definition, target, claims, parameters].map(toSortedEntries)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** The defined entries, sorted by name. */
function toSortedEntries(record: object): [string, unknown][] {
  return Object.entries(record).filter(([, value]) => value !== undefined).sort(([one], [other]) => one < other ? -1 : 1);
}

import { createHash } from 'node:crypto';
import { listed, RejectedRequestError, shown } from './errors';
import type { StatementTarget } from './ports';
import type { CanonicalValue, ParameterDefinition, QueryDefinition } from '../../shared/query-definitions';
import { isFromClaim, claimValue } from '../submit/claim-parameters';
import type { Claims } from '../submit/claim-parameters';
import { acceptedValue, own } from '../submit/parameter-values';

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

/** What a client sent, whatever it may be. */
export interface SentQuery {
  readonly query: string;
  readonly parameters: Readonly<Record<string, unknown>>;
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

/**
 * Checks the query's name and every parameter, those aside that claims of the caller give, and binds them to the definition and the target of now. Throws
 * a RejectedRequestError, for the client's id, that names the first thing that is wrong.
 */
export function validateQuery({ query, parameters }: SentQuery, { queries, target }: QueryCatalog, id: string, claims: Claims = {}): QueryRequest {
  if (!Object.hasOwn(queries, query)) {
    throw new RejectedRequestError('unknown_query', `The query ${shown(query)} is not known; known are ${listed(Object.keys(queries))}.`, id);
  }
  const { parameters: definitions, ...definition } = queries[query];
  checkNames(definitions, parameters, id);
  const values = Object.entries(definitions).map(([name, parameter]) => {
    return [name, isFromClaim(parameter) ? claimValue(parameter, claims, id) : valueOf(name, own(parameters, name), parameter, id)];
  });
  return {
    query,
    parameters: Object.fromEntries(values) as QueryRequest['parameters'],
    definition: { ...definition, target, claims: claimsOf(definitions) },
  };
}

function claimsOf(definitions: Query['parameters']): SubmittedDefinition['claims'] {
  return Object.fromEntries(Object.entries(definitions).flatMap(([name, { claim }]) => claim === undefined ? [] : [[name, claim]]));
}

function checkNames(definitions: Query['parameters'], parameters: SentQuery['parameters'], id: string): void {
  const known = Object.keys(definitions).filter((name) => !isFromClaim(definitions[name]));
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RejectedRequestError('unknown_parameter', `The parameter ${shown(unknown)} is not known; known are ${listed(known)}.`, id);
  }
  const missing = known.filter((name) => own(parameters, name) === undefined && !mayBeLeftOut(definitions[name]));
  if (missing.length > 0) {
    throw new RejectedRequestError('missing_parameter', `The query needs ${listed(missing)} as well.`, id);
  }
}

function mayBeLeftOut({ optional, defaultValue }: ParameterDefinition): boolean {
  return optional === true || defaultValue !== undefined;
}

/** The value of a parameter, as it was sent or, left out, as it was defined. */
function valueOf(name: string, value: unknown, definition: ParameterDefinition, id: string): CanonicalValue {
  if (value === undefined) {
    return definition.defaultValue ?? null;
  }
  if (value === null && definition.optional) {
    return null;
  }
  return acceptedValue(value, definition, (subject, message) => new RejectedRequestError('invalid_parameter', `${subject} parameter ${shown(name)} ${message}.`, id));
}

import { createHash } from 'node:crypto';
import { isClaimed, valueOfClaim } from './claims';
import type { Claims } from './claims';
import { listed, Refusal, shown } from './refusal';
import { acceptedValue, own } from './sent-value';
import type { CanonicalValue, ParameterDefinition, QueryDefinition } from '../function-settings';

/** A query as the functions run it. */
export interface Query extends Omit<QueryDefinition, 'sql'> {
  readonly sql: string;
}

/** The queries by name. */
export type Queries = Readonly<Record<string, Query>>;

/** What a client sent, whatever it may be. */
export interface SentQuestion {
  readonly query: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What was asked, with a canonical value for every parameter of the query: those who ask the same may share one answer. */
export interface Question {
  readonly query: string;
  readonly parameters: Readonly<Record<string, CanonicalValue>>;
}

/** Names a question: the same for the same query, SQL, limits and parameters, and for nothing else. */
export function questionKey({ query, parameters }: Question, queries: Queries): string {
  const { sql, maximumRows, maximumBytes } = queries[query];
  const values = Object.entries(parameters).sort(([one], [other]) => one < other ? -1 : 1);
  return createHash('sha256').update(JSON.stringify([query, sql, maximumRows, maximumBytes, values])).digest('base64url');
}

/**
 * Checks the query's name and every parameter, those aside that claims of the caller give. Throws a Refusal, for the client's id, that names the first
 * thing that is wrong.
 */
export function checkQuestion({ query, parameters }: SentQuestion, queries: Queries, id: string, claims: Claims = {}): Question {
  if (!Object.hasOwn(queries, query)) {
    throw new Refusal('unknown_query', `The query ${shown(query)} is not known; known are ${listed(Object.keys(queries))}.`, id);
  }
  const definitions = queries[query].parameters;
  checkNames(definitions, parameters, id);
  const values = Object.entries(definitions).map(([name, definition]) => {
    return [name, isClaimed(definition) ? valueOfClaim(definition, claims, id) : valueOf(name, own(parameters, name), definition, id)];
  });
  return { query, parameters: Object.fromEntries(values) as Question['parameters'] };
}

function checkNames(definitions: Query['parameters'], parameters: SentQuestion['parameters'], id: string): void {
  const known = Object.keys(definitions).filter((name) => !isClaimed(definitions[name]));
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Refusal('unknown_parameter', `The parameter ${shown(unknown)} is not known; known are ${listed(known)}.`, id);
  }
  const missing = known.filter((name) => own(parameters, name) === undefined && !mayBeLeftOut(definitions[name]));
  if (missing.length > 0) {
    throw new Refusal('missing_parameter', `The query needs ${listed(missing)} as well.`, id);
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
  return acceptedValue(value, definition, (subject, message) => new Refusal('invalid_parameter', `${subject} parameter ${shown(name)} ${message}.`, id));
}

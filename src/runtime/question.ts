import { createHash } from 'node:crypto';
import type { QueryDefinition } from '../function-settings';
import { listed, Refusal, shown } from './refusal';

/** A query as the functions run it. */
export interface Query extends Omit<QueryDefinition, 'sql'> {
  readonly sql: string;
}

/** The queries by name. */
export type Queries = Readonly<Record<string, Query>>;

/** What was asked: those who ask the same may share one answer. */
export interface Question {
  readonly query: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Names a question: the same for the same query, SQL, limits and parameters, and for nothing else. */
export function questionKey({ query, parameters }: Question, queries: Queries): string {
  const { sql, maximumRows, maximumBytes } = queries[query];
  const values = Object.entries(parameters).sort(([one], [other]) => one < other ? -1 : 1);
  return createHash('sha256').update(JSON.stringify([query, sql, maximumRows, maximumBytes, values])).digest('base64url');
}

/** Checks the query's name and every parameter. Throws a Refusal, for the client's id, that names the first thing that is wrong. */
export function checkQuestion(question: Question, queries: Queries, id: string): Question {
  const { query, parameters } = question;
  if (!Object.hasOwn(queries, query)) {
    throw new Refusal('unknown_query', `The query ${shown(query)} is not known; known are ${listed(Object.keys(queries))}.`, id);
  }
  checkNames(queries[query], parameters, id);
  for (const [name, definition] of Object.entries(queries[query].parameters)) {
    checkValue(name, parameters[name], definition, id);
  }
  return question;
}

function checkNames(definition: Query, parameters: Question['parameters'], id: string): void {
  const known = Object.keys(definition.parameters);
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Refusal('unknown_parameter', `The parameter ${shown(unknown)} is not known; known are ${listed(known)}.`, id);
  }
  const missing = known.filter((name) => !Object.hasOwn(parameters, name));
  if (missing.length > 0) {
    throw new Refusal('missing_parameter', `The query needs ${listed(missing)} as well.`, id);
  }
}

/** Checks one value; the place for a new kind of parameter. */
function checkValue(name: string, value: string, definition: Query['parameters'][string], id: string): void {
  const length = [...value].length;
  if (length < definition.minLength || length > definition.maxLength) {
    throw new Refusal(
      'invalid_parameter',
      `The parameter ${shown(name)} has ${length} characters; it needs ${definition.minLength} to ${definition.maxLength}.`,
      id,
    );
  }
  if (definition.pattern !== undefined && !new RegExp(definition.pattern).test(value)) {
    throw new Refusal('invalid_parameter', `The parameter ${shown(name)} does not match the pattern ${definition.pattern}`, id);
  }
}

import type { ParameterDefinition } from '../function-settings';
import { listed, Refusal, shown } from './refusal';

/** A query as the functions run it. */
export interface Query {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
}

/** The queries by name. */
export type Queries = Readonly<Record<string, Query>>;

/** What a client asked, checked against the definition of the query. */
export interface Question {
  readonly id: string;
  readonly query: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Checks the query's name and every parameter. Throws a Refusal that names the first thing that is wrong. */
export function checkQuestion(question: Question, queries: Queries): Question {
  const { id, query, parameters } = question;
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
function checkValue(name: string, value: string, definition: ParameterDefinition, id: string): void {
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

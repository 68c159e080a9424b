import { isFromClaim, readClaim } from './claim-parameters';
import { getOwn, toCanonicalValue } from './parameter-values';
import { joinNames, listValidNames, quoteName } from './quote-names';
import type { ParameterDefinition, CanonicalValue } from '../../shared/query-definitions';
import type { Claims } from '../model/connection';
import { RejectedRequestError } from '../model/errors';
import type { QueryCatalog, QueryRequest, Query, SubmittedDefinition } from '../model/query-request';

/** A query as the client sent it, before validation. */
export interface SentQuery {
  readonly query: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Validates a query and its parameters, and adds the values of claim parameters, the definition and the target. Throws RejectedRequestError for the
 * first problem.
 */
export function validateQuery({ query, parameters }: SentQuery, { queries, target }: QueryCatalog, id: string, claims: Claims = {}): QueryRequest {
  if (!Object.hasOwn(queries, query)) {
    throw new RejectedRequestError('unknown_query', `Unknown query: ${quoteName(query)}. ${listValidNames(Object.keys(queries))}`, id);
  }
  const { parameters: definitions, ...definition } = queries[query];
  checkNames(definitions, parameters, id);
  const values = Object.entries(definitions).map(([name, parameter]) => {
    return [name, isFromClaim(parameter) ? readClaim(parameter, claims, id) : readValue(name, getOwn(parameters, name), parameter, id)];
  });
  return {
    query,
    parameters: Object.fromEntries(values) as QueryRequest['parameters'],
    definition: { ...definition, target, claims: getClaims(definitions) },
  };
}

function getClaims(definitions: Query['parameters']): SubmittedDefinition['claims'] {
  return Object.fromEntries(Object.entries(definitions).flatMap(([name, { claim }]) => claim === undefined ? [] : [[name, claim]]));
}

function checkNames(definitions: Query['parameters'], parameters: SentQuery['parameters'], id: string): void {
  const known = Object.keys(definitions).filter((name) => !isFromClaim(definitions[name]));
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RejectedRequestError('unknown_parameter', `Unknown parameter: ${quoteName(unknown)}. ${listValidNames(known)}`, id);
  }
  const missing = known.filter((name) => getOwn(parameters, name) === undefined && !canOmit(definitions[name]));
  if (missing.length > 0) {
    throw new RejectedRequestError('missing_parameter', `Missing required parameter${missing.length > 1 ? 's' : ''}: ${joinNames(missing)}.`, id);
  }
}

function canOmit({ optional, defaultValue }: ParameterDefinition): boolean {
  return optional === true || defaultValue !== undefined;
}

/** Returns the value of a parameter, or its default if it is omitted. */
function readValue(name: string, value: unknown, definition: ParameterDefinition, id: string): CanonicalValue {
  if (value === undefined) {
    return definition.defaultValue ?? null;
  }
  if (value === null && definition.optional) {
    return null;
  }
  return toCanonicalValue(value, definition, (subject, message) => new RejectedRequestError('invalid_parameter', `${subject} parameter ${quoteName(name)} ${message}.`, id));
}

import { isFromClaim, claimValue } from './claim-parameters';
import { own, acceptedValue } from './parameter-values';
import type { ParameterDefinition, CanonicalValue } from '../../shared/query-definitions';
import type { Claims } from '../model/claims';
import { RejectedRequestError } from '../model/errors';
import type { QueryCatalog, QueryRequest, Query, SubmittedDefinition } from '../model/query-request';
import { shown, listed } from '../model/quote-names';

/** What a client sent, whatever it may be. */
export interface SentQuery {
  readonly query: string;
  readonly parameters: Readonly<Record<string, unknown>>;
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

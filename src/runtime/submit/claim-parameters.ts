import { isDeepStrictEqual } from 'node:util';
import { acceptedValue, own } from './parameter-values';
import type { CanonicalValue, ParameterDefinition } from '../../shared/query-definitions';
import type { Claims } from '../model/claims';
import { RejectedRequestError } from '../model/errors';
import type { Queries } from '../model/query-request';
import { shown } from '../model/quote-names';
import type { Run } from '../model/run';

/** A parameter whose value no client gives. */
export type ClaimParameter = ParameterDefinition & { readonly claim: string };

export function isFromClaim(definition: ParameterDefinition): definition is ClaimParameter {
  return definition.claim !== undefined;
}

/** The claims that queries use. */
export function claimNames(queries: Queries): string[] {
  const definitions = Object.values(queries).flatMap(({ parameters }) => Object.values(parameters));
  return [...new Set(definitions.filter(isFromClaim).map(({ claim }) => claim))].sort();
}

/** The value that a claim gives a parameter. Throws a RejectedRequestError that names the claim, and never what it says. */
export function claimValue(definition: ClaimParameter, claims: Claims, id: string): CanonicalValue {
  const { claim } = definition;
  const value = own(claims, claim);
  if (value === undefined || value === null) {
    throw new RejectedRequestError('missing_claim', `The query needs the claim ${shown(claim)}, which your sign-in does not have.`, id);
  }
  return acceptedValue(asParameter(value, definition), definition, (subject, message) =>
    new RejectedRequestError('invalid_claim', `${subject} claim ${shown(claim)} of your sign-in ${message}.`, id));
}

/**
 * Whether a caller may have the answer to a question that was asked before: its own claims give the same values. When a deployment has removed a parameter,
 * or changed which claim gives its value, nobody may.
 */
export function canReadResult({ query, parameters, definition }: Pick<Run, 'query' | 'parameters' | 'definition'>, queries: Queries, claims: Claims): boolean {
  const definitions = Object.hasOwn(queries, query) ? queries[query].parameters : undefined;
  return definitions !== undefined && definition !== undefined
    && Object.keys(parameters).every((name) => Object.hasOwn(definitions, name) && definitions[name].claim === own(definition.claims, name))
    && Object.entries(definitions).every(([name, each]) => !isFromClaim(each) || isOwnValue(own(parameters, name), each, claims));
}

function isOwnValue(value: unknown, definition: ClaimParameter, claims: Claims): boolean {
  try {
    return isDeepStrictEqual(value, claimValue(definition, claims, ''));
  } catch (error) {
    if (error instanceof RejectedRequestError) {
      return false;
    }
    throw error;
  }
}

/** Numbers and booleans count as their texts, since API Gateway may turn the one into the other; a list may come as the JSON of one. */
function asParameter(value: unknown, { kind }: ParameterDefinition): unknown {
  const list = kind === 'list' && typeof value === 'string' ? parsed(value) : value;
  return Array.isArray(list) ? list.map(toStringValue) : toStringValue(list);
}

function toStringValue(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

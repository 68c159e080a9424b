import { isDeepStrictEqual } from 'node:util';
import { acceptedValue, own } from './parameter-values';
import type { CanonicalValue, ParameterDefinition } from '../../shared/query-definitions';
import type { Claims } from '../model/claims';
import { RejectedRequestError } from '../model/errors';
import type { Queries } from '../model/query-request';
import { shown } from '../model/quote-names';
import type { Run } from '../model/run';

/** A parameter whose value comes from a claim, not from the client. */
export type ClaimParameter = ParameterDefinition & { readonly claim: string };

export function isFromClaim(definition: ParameterDefinition): definition is ClaimParameter {
  return definition.claim !== undefined;
}

/** The names of the claims that queries use. */
export function claimNames(queries: Queries): string[] {
  const definitions = Object.values(queries).flatMap(({ parameters }) => Object.values(parameters));
  return [...new Set(definitions.filter(isFromClaim).map(({ claim }) => claim))].sort();
}

/** Returns the value of a claim parameter. Throws RejectedRequestError, which names the claim but not its value. */
export function claimValue(definition: ClaimParameter, claims: Claims, id: string): CanonicalValue {
  const { claim } = definition;
  const value = own(claims, claim);
  if (value === undefined || value === null) {
    throw new RejectedRequestError('missing_claim', `Missing required claim: ${shown(claim)}. Connect with credentials that contain it.`, id);
  }
  return acceptedValue(asParameter(value, definition), definition, (subject, message) =>
    new RejectedRequestError('invalid_claim', `${subject} claim ${shown(claim)} of your credentials ${message}.`, id));
}

/**
 * Whether a caller can read a result: its claims must provide the same values. Returns false if a deployment removed a parameter or changed its
 * claim.
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

/** Converts numbers and booleans to strings, because API Gateway may do so as well. A list can be encoded as JSON. */
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

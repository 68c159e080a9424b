import { isDeepStrictEqual } from 'node:util';
import { toCanonicalValue, getOwn } from './parameter-values';
import { quoteName } from './quote-names';
import type { CanonicalValue, ParameterDefinition } from '../../shared/query-definitions';
import type { Claims } from '../model/connection';
import { RejectedRequestError } from '../model/errors';
import type { Queries } from '../model/query-request';
import type { Run } from '../model/run';

/** A parameter whose value comes from a claim, not from the client. */
export type ClaimParameter = ParameterDefinition & { readonly claim: string };

export function isFromClaim(definition: ParameterDefinition): definition is ClaimParameter {
  return definition.claim !== undefined;
}

/** The names of the claims that queries use. */
export function getClaimNames(queries: Queries): string[] {
  const definitions = Object.values(queries).flatMap(({ parameters }) => Object.values(parameters));
  return [...new Set(definitions.filter(isFromClaim).map(({ claim }) => claim))].sort();
}

/** Returns the value of a claim parameter. Throws RejectedRequestError, which names the claim but not its value. */
export function readClaim(definition: ClaimParameter, claims: Claims, id: string): CanonicalValue {
  const { claim } = definition;
  const value = getOwn(claims, claim);
  if (value === undefined || value === null) {
    throw new RejectedRequestError('missing_claim', `Missing required claim: ${quoteName(claim)}. Connect with credentials that contain it.`, id);
  }
  return toCanonicalValue(toParameterValue(value, definition), definition, (subject, message) =>
    new RejectedRequestError('invalid_claim', `${subject} claim ${quoteName(claim)} of your credentials ${message}.`, id));
}

/**
 * Whether a caller can read a result: its claims must provide the same values. Returns false if a deployment removed a parameter or changed its
 * claim.
 */
export function canReadResult({ query, parameters, definition }: Pick<Run, 'query' | 'parameters' | 'definition'>, queries: Queries, claims: Claims): boolean {
  const definitions = Object.hasOwn(queries, query) ? queries[query].parameters : undefined;
  return definitions !== undefined && definition !== undefined
    && Object.keys(parameters).every((name) => Object.hasOwn(definitions, name) && definitions[name].claim === getOwn(definition.claims, name))
    && Object.entries(definitions).every(([name, each]) => !isFromClaim(each) || isCallersValue(getOwn(parameters, name), each, claims));
}

function isCallersValue(value: unknown, definition: ClaimParameter, claims: Claims): boolean {
  try {
    return isDeepStrictEqual(value, readClaim(definition, claims, ''));
  } catch (error) {
    if (error instanceof RejectedRequestError) {
      return false;
    }
    throw error;
  }
}

/** Converts numbers and booleans to strings, because API Gateway may do so as well. A list can be encoded as JSON. */
function toParameterValue(value: unknown, { kind }: ParameterDefinition): unknown {
  const list = kind === 'list' && typeof value === 'string' ? parseList(value) : value;
  return Array.isArray(list) ? list.map(toStringValue) : toStringValue(list);
}

function toStringValue(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

function parseList(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

import { CredentialRejectedError } from './authorize';
import type { Claims } from '../model/claims';

/**
 * API Gateway takes 8 KB of an authorizer altogether.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const MAX_CLAIMS_BYTES = 4096;

/** Why claims cannot be handed on; it names claims, and never what they say. */
export class InvalidClaimsError extends Error {}

/** Those claims that queries use, as JSON. Throws InvalidClaimsError. */
export function usedClaims(claims: Claims, names: readonly string[]): string {
  const used = names.filter((name) => Object.hasOwn(claims, name)).map((name) => [name, claims[name]] as const);
  // JavaScript has rounded such a number already: two tenants could be one.
  const rounded = used.find(([, value]) => hasRoundedNumber(value));
  if (rounded !== undefined) {
    throw new InvalidClaimsError(`the claim ${JSON.stringify(rounded[0])} is a number beyond ${Number.MAX_SAFE_INTEGER}: give it as a text`);
  }
  const json = JSON.stringify(Object.fromEntries(used));
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_CLAIMS_BYTES) {
    throw new InvalidClaimsError(`the claims that queries use have ${bytes} bytes as JSON: give at most ${MAX_CLAIMS_BYTES}`);
  }
  return json;
}

/** Those claims of a token that queries use. Refuses a token whose claims cannot be handed on. */
export function verifiedClaims(claims: Claims, names: readonly string[]): string {
  try {
    return usedClaims(claims, names);
  } catch (error) {
    throw error instanceof InvalidClaimsError ? new CredentialRejectedError(error.message) : error;
  }
}

function hasRoundedNumber(value: unknown): boolean {
  if (typeof value === 'number') {
    return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  }
  return typeof value === 'object' && value !== null && Object.values(value).some(hasRoundedNumber);
}

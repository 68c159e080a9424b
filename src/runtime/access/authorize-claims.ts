import { CredentialRejectedError } from './authorize';
import type { Claims } from '../model/connection';

/**
 * Maximum size of the claims, in bytes. API Gateway limits the result of an authorizer to 8 KB.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const MAX_CLAIMS_BYTES = 4096;

/** The claims can't be used. The message contains names, but no values. */
export class InvalidClaimsError extends Error {}

/** Serializes the claims that queries use. Throws InvalidClaimsError. */
export function serializeUsedClaims(claims: Claims, names: readonly string[]): string {
  const used = names.filter((name) => Object.hasOwn(claims, name)).map((name) => [name, claims[name]] as const);
  // JavaScript has rounded the number: two tenants could become one.
  const rounded = used.find(([, value]) => hasRoundedNumber(value));
  if (rounded !== undefined) {
    throw new InvalidClaimsError(`the claim ${JSON.stringify(rounded[0])} is a number beyond ${Number.MAX_SAFE_INTEGER}: provide it as a string`);
  }
  const json = JSON.stringify(Object.fromEntries(used));
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_CLAIMS_BYTES) {
    throw new InvalidClaimsError(`the claims that queries use have ${bytes} bytes as JSON: provide at most ${MAX_CLAIMS_BYTES}`);
  }
  return json;
}

/** Serializes the claims of a token that queries use. Throws CredentialRejectedError if they are invalid. */
export function verifyClaims(claims: Claims, names: readonly string[]): string {
  try {
    return serializeUsedClaims(claims, names);
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

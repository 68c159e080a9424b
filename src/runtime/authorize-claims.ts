import { CredentialRefused } from './authorize';

export type Claims = Readonly<Record<string, unknown>>;

/**
 * The bytes of the claims that a connection may have: what authorizers answer is bounded by API Gateway, at 8 KB for REST APIs.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
export const MAXIMUM_CLAIMS_BYTES = 4096;

/** Those claims that queries use, as JSON. */
export function usedClaims(claims: Claims, names: readonly string[]): string {
  const used = names.filter((name) => Object.hasOwn(claims, name)).map((name) => [name, claims[name]] as const);
  return JSON.stringify(Object.fromEntries(used));
}

export function isTooLarge(claims: string): boolean {
  return Buffer.byteLength(claims) > MAXIMUM_CLAIMS_BYTES;
}

/** Those claims of a token that queries use. Throws where they are more than can be handed on. */
export function admittedClaims(claims: Claims, names: readonly string[]): string {
  const used = usedClaims(claims, names);
  if (isTooLarge(used)) {
    throw new CredentialRefused('claims too large');
  }
  return used;
}

import { CredentialRejectedError } from './authorize';
import type { VerifyCredential } from './authorize';
import { verifyClaims } from './authorize-claims';
import type { Claims } from '../model/connection';
import type { Clock } from '../model/ports';

/** Verifies tokens of an issuer. */
export interface TokenVerifier {
  /**
   * Returns the claims of a valid token. Throws CredentialRejectedError if the token is invalid, and another error if the issuer's keys aren't
   * available.
   */
  verify(token: string): Promise<Claims>;
}

export interface TokenServices {
  readonly tokens: TokenVerifier;
  readonly clock: Clock;
  /** The claims that queries use. */
  readonly claimNames: readonly string[];
}

/** Authorizes the subject of a token until the token expires. */
export function verifyToken({ tokens, clock, claimNames }: TokenServices): VerifyCredential {
  return async (token) => {
    const claims = await tokens.verify(token);
    const { sub, exp } = claims;
    if (typeof sub !== 'string' || sub === '') {
      throw new CredentialRejectedError('token without sub');
    }
    if (typeof exp !== 'number' || !Number.isFinite(exp)) {
      throw new CredentialRejectedError('token without exp');
    }
    // No tolerance: the connection of an expired token would close immediately.
    const expiresAt = Math.floor(exp);
    if (expiresAt * 1000 <= clock.now()) {
      throw new CredentialRejectedError('token expired');
    }
    return { caller: sub, claims: verifyClaims(claims, claimNames), expiresAt };
  };
}

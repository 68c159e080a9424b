import { CredentialRejectedError } from './authorize';
import type { VerifyCredential } from './authorize';
import { verifiedClaims } from './authorize-claims';
import type { Claims } from '../model/claims';
import type { Clock } from '../model/ports';

/** The issuer's side: whether it has signed a token, for this audience. */
export interface TokenVerifier {
  /** The claims of a genuine token. Throws CredentialRejectedError for any other, and something else where the issuer cannot be asked for its keys. */
  verify(token: string): Promise<Claims>;
}

export interface TokenServices {
  readonly tokens: TokenVerifier;
  readonly clock: Clock;
  /** The claims that queries use. */
  readonly claimNames: readonly string[];
}

/** Lets in whom a token of the issuer names, until it expires. */
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
    // No tolerance here: the connection of an expired token would be closed at once.
    const expiresAt = Math.floor(exp);
    if (expiresAt * 1000 <= clock.now()) {
      throw new CredentialRejectedError('token expired');
    }
    return { caller: sub, claims: verifiedClaims(claims, claimNames), expiresAt };
  };
}

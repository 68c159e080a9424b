import { CredentialRefused } from './authorize';
import type { VerifyCredential } from './authorize';
import { admittedClaims } from './authorize-claims';
import type { Clock } from '../model/ports';
import type { Claims } from '../submit/claim-parameters';

/** The issuer's side: whether it has signed a token, for this audience. */
export interface TokenVerifier {
  /** The claims of a genuine token. Throws CredentialRefused for any other, and something else where the issuer cannot be asked for its keys. */
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
      throw new CredentialRefused('token without sub');
    }
    if (typeof exp !== 'number' || !Number.isFinite(exp)) {
      throw new CredentialRefused('token without exp');
    }
    // No tolerance here: the connection of an expired token would be closed at once.
    const expiresAt = Math.floor(exp);
    if (expiresAt * 1000 <= clock.now()) {
      throw new CredentialRefused('token expired');
    }
    return { caller: sub, claims: admittedClaims(claims, claimNames), expiresAt };
  };
}

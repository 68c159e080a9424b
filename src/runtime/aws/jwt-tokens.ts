import { JwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import * as errors from 'aws-jwt-verify/error';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { CredentialRejectedError } from '../access/authorize';
import type { TokenVerifier } from '../access/authorize-token';
import type { Claims } from '../model/connection';

/** The trusted issuer of tokens. */
export interface Issuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly audience: readonly string[];
  /** The accepted token of a Cognito user pool. Omitted for other issuers. */
  readonly tokenUse?: 'access' | 'id';
}

/** Maximum clock difference between the issuer and Lambda, in seconds, so that a new token is valid immediately. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** Reasons by class, because bundling changes class names. They contain no part of the token, unlike the messages of these errors. */
const REASONS: readonly (readonly [new (...args: never[]) => Error, string])[] = [
  [errors.JwtExpiredError, 'token expired'],
  [errors.JwtNotBeforeError, 'token not valid yet'],
  [errors.JwtInvalidIssuerError, 'token from another issuer'],
  [errors.JwtInvalidAudienceError, 'token for another audience'],
  [errors.CognitoJwtInvalidClientIdError, 'token for another audience'],
  [errors.CognitoJwtInvalidTokenUseError, 'token for another use'],
  [errors.JwtInvalidSignatureError, 'token not signed by its issuer'],
  [errors.JwtInvalidSignatureAlgorithmError, 'token signed with an unsupported algorithm'],
  [errors.KidNotFoundInJwksError, 'token signed with an unknown key'],
  // After an unknown key, the library waits ten seconds before it fetches the keys again.
  [errors.WaitPeriodNotYetEndedJwkError, 'token signed with an unknown key'],
  [errors.JwtWithoutValidKidError, 'token without a key id'],
  [errors.JwkInvalidUseError, 'token signed with a key for another use'],
  [errors.JwkInvalidKtyError, 'token signed with a key of another type'],
  [errors.JwtParseError, 'token malformed'],
];

/** Verifies JSON Web Tokens of an issuer. Fetches its keys once, and again for a token with an unknown key. */
export class JwtTokens implements TokenVerifier {
  private readonly verifier;

  constructor({ issuer, jwksUri, audience, tokenUse }: Issuer) {
    const clientId = [...audience];
    this.verifier = JwtVerifier.create({
      issuer,
      jwksUri,
      graceSeconds: CLOCK_TOLERANCE_SECONDS,
      // Cognito access tokens have no `aud`, but a `client_id`.
      ...tokenUse === undefined ? { audience: clientId } : {
        audience: null,
        customJwtCheck: ({ payload }: { readonly payload: JwtPayload }) => validateCognitoJwtFields(payload, { tokenUse, clientId }),
      },
    });
    // Fetch the keys while the function starts. If that fails, the first token retries.
    void this.verifier.hydrate().catch(() => undefined);
  }

  public async verify(token: string): Promise<Claims> {
    try {
      return await this.verifier.verify(token);
    } catch (error) {
      throw translateError(error);
    }
  }
}

function translateError(error: unknown): Error {
  const [, reason] = REASONS.find(([type]) => error instanceof type) ?? [];
  if (reason !== undefined) {
    return new CredentialRejectedError(reason);
  }
  const isAboutKeys = [errors.FetchError, errors.JwksValidationError, errors.JwkValidationError].some((type) => error instanceof type);
  // Other error messages can quote the token.
  return new Error(isAboutKeys ? `failed to fetch the issuer's signing keys: ${(error as Error).message}` : 'the token could not be verified');
}

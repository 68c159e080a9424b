import { JwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import * as errors from 'aws-jwt-verify/error';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { CredentialRejectedError } from '../access/authorize';
import type { TokenVerifier } from '../access/authorize-token';
import type { Claims } from '../model/claims';

/** Whose tokens are genuine. */
export interface Issuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly audience: readonly string[];
  /** Which token of a Cognito user pool is taken; left out for another issuer. */
  readonly tokenUse?: 'access' | 'id';
}

/** By how much the clocks of the issuer and of Lambda may differ: a token may be used at once after it was issued. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** Names are lost in a bundle, so reasons are told by class. None of them holds anything of the token, unlike the messages of these errors. */
const REASONS: readonly (readonly [new (...args: never[]) => Error, string])[] = [
  [errors.JwtExpiredError, 'token expired'],
  [errors.JwtNotBeforeError, 'token not valid yet'],
  [errors.JwtInvalidIssuerError, 'token of another issuer'],
  [errors.JwtInvalidAudienceError, 'token for another audience'],
  [errors.CognitoJwtInvalidClientIdError, 'token for another audience'],
  [errors.CognitoJwtInvalidTokenUseError, 'token for another use'],
  [errors.JwtInvalidSignatureError, 'token not signed by its issuer'],
  [errors.JwtInvalidSignatureAlgorithmError, 'token signed by an algorithm that is not taken'],
  [errors.KidNotFoundInJwksError, 'token signed with an unknown key'],
  // After an unknown key the library does not ask the issuer again for ten seconds.
  [errors.WaitPeriodNotYetEndedJwkError, 'token signed with an unknown key'],
  [errors.JwtWithoutValidKidError, 'token without the id of its key'],
  [errors.JwkInvalidUseError, 'token signed with a key for something else'],
  [errors.JwkInvalidKtyError, 'token signed with a key of another kind'],
  [errors.JwtParseError, 'token malformed'],
];

/** JSON Web Tokens of an issuer. Its keys are asked for once, and again for a token that is signed with a key that is not among them. */
export class JwtTokens implements TokenVerifier {
  private readonly verifier;

  constructor({ issuer, jwksUri, audience, tokenUse }: Issuer) {
    const clientId = [...audience];
    this.verifier = JwtVerifier.create({
      issuer,
      jwksUri,
      graceSeconds: CLOCK_TOLERANCE_SECONDS,
      // An access token of Cognito has no `aud`, but a `client_id`.
      ...tokenUse === undefined ? { audience: clientId } : {
        audience: null,
        customJwtCheck: ({ payload }: { readonly payload: JwtPayload }) => validateCognitoJwtFields(payload, { tokenUse, clientId }),
      },
    });
    // While the function starts; should it fail, the first token asks again.
    void this.verifier.hydrate().catch(() => undefined);
  }

  public async verify(token: string): Promise<Claims> {
    try {
      return await this.verifier.verify(token);
    } catch (error) {
      throw translated(error);
    }
  }
}

function translated(error: unknown): Error {
  const [, reason] = REASONS.find(([type]) => error instanceof type) ?? [];
  if (reason !== undefined) {
    return new CredentialRejectedError(reason);
  }
  const isAboutKeys = [errors.FetchError, errors.JwksValidationError, errors.JwkValidationError].some((type) => error instanceof type);
  // What any other error says may quote the token.
  return new Error(isAboutKeys ? `the keys of the issuer could not be had: ${(error as Error).message}` : 'the token could not be verified');
}

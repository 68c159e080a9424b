import type { Duration } from 'aws-cdk-lib';
import type * as cognito from 'aws-cdk-lib/aws-cognito';

/** Tokens of a Cognito user pool. */
export enum CognitoTokenUse {
  /** Access token, with the permissions of the user. */
  ACCESS = 'access',

  /** ID token, with the attributes of the user, such as `custom:tenant_id`. */
  ID = 'id',
}

/** Accepted tokens of a user pool. */
export interface CognitoUserPoolOptions {
  /** App clients whose tokens are accepted. At least one. */
  readonly userPoolClients: cognito.IUserPoolClient[];

  /**
   * Accepted token. Parameters use its claims.
   *
   * @default CognitoTokenUse.ACCESS
   */
  readonly tokenUse?: CognitoTokenUse;
}

/** Accepted tokens of an OpenID Connect issuer. */
export interface OpenIdConnectOptions {
  /**
   * Issuer, equal to `iss` in its tokens, such as `https://login.example.com/tenant`. A URL that begins with `https://`. The functions must be able
   * to reach it.
   */
  readonly issuer: string;

  /** Accepted audiences: the `aud` of a token must contain one of them. At least one. */
  readonly audience: string[];

  /**
   * URL of the issuer's JSON Web Key Set: `jwks_uri` in its `/.well-known/openid-configuration`. It begins with `https://`.
   *
   * @default - the issuer followed by `/.well-known/jwks.json`
   */
  readonly jwksUri?: string;
}

/** Options of a Lambda authorizer. */
export interface LambdaAuthorizerOptions {
  /**
   * Parts that a connect request must have, such as `route.request.querystring.key`. Without one of them, API Gateway responds with HTTP status 401
   * and doesn't invoke the function. Keys of the query string named here, and `token`, are credentials and can't be parameters.
   *
   * The default of the AWS CDK, the `Authorization` header, would reject all browsers, because a page can't set it.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
   * @default - none: API Gateway invokes the function for every connect request
   */
  readonly identitySource?: string[];
}

/** Durations of tickets and their connections. */
export interface OneTimeTicketOptions {
  /**
   * How long a ticket is valid after it is issued.
   *
   * An integer number of seconds, from 1 second to 15 minutes, inclusive.
   *
   * @default Duration.minutes(1)
   */
  readonly ticketValidity?: Duration;

  /**
   * Maximum duration of a connection. Clients receive a notice one minute before it ends, and continue with a new ticket.
   *
   * An integer number of seconds, from 1 second to 2 hours, inclusive, the maximum of API Gateway.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
   * @default - 2 hours
   */
  readonly connectionDuration?: Duration;
}

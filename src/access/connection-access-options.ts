import type { Duration } from 'aws-cdk-lib';
import type * as cognito from 'aws-cdk-lib/aws-cognito';

/** Which token of a Cognito user pool a client brings. */
export enum CognitoTokenUse {
  /** The access token: says what its bearer may do. */
  ACCESS = 'access',

  /** The ID token: says who its bearer is, with the user's attributes, such as `custom:tenant_id`. */
  ID = 'id',
}

/** Which tokens of a user pool let in. */
export interface CognitoUserPoolOptions {
  /**
   * The app clients whose users may connect: at least one.
   */
  readonly userPoolClients: cognito.IUserPoolClient[];

  /**
   * Which token a client brings. Parameters are bound from the claims of this one.
   *
   * @default CognitoTokenUse.ACCESS
   */
  readonly tokenUse?: CognitoTokenUse;
}

/** Which tokens of an issuer let in. */
export interface OpenIdConnectOptions {
  /**
   * The issuer, exactly as its tokens name it in `iss`, such as `https://login.example.com/tenant`. It begins with `https://`.
   */
  readonly issuer: string;

  /**
   * For whom a token must be made: one of these is in its `aud`. At least one.
   */
  readonly audience: string[];

  /**
   * The address of the issuer's JSON Web Key Set, the `jwks_uri` of its `/.well-known/openid-configuration`. It begins with `https://`.
   *
   * @default - the issuer followed by `/.well-known/jwks.json`
   */
  readonly jwksUri?: string;
}

/** How API Gateway asks a Lambda authorizer of your own. */
export interface LambdaAuthorizerOptions {
  /**
   * What a request to connect must bring, such as `route.request.querystring.key`: without all of it, API Gateway answers 401 and does not run the function.
   * Keys of the query string named here are credentials and no parameters of a query; so is `token` in any case.
   *
   * The AWS CDK's own default, the header `Authorization`, would refuse every browser: browsers cannot set it.
   *
   * @default - nothing: the function is run for every request to connect
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
   */
  readonly identitySource?: string[];
}

/** How long tickets and their connections live. */
export interface OneTimeTicketOptions {
  /**
   * How long after it was issued a ticket may be redeemed.
   *
   * A whole number of seconds, from 1 second to 15 minutes.
   *
   * @default Duration.minutes(1)
   */
  readonly ticketValidity?: Duration;

  /**
   * How long after it was opened a connection ends. Clients are told a minute before, and go on with a new ticket.
   *
   * A whole number of seconds, from 1 second to 2 hours: API Gateway keeps no connection for longer.
   *
   * @default - 2 hours, when API Gateway ends it
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
   */
  readonly connectionDuration?: Duration;
}

import { Annotations, Token } from 'aws-cdk-lib';
import { WebSocketNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketIamAuthorizer, WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { CognitoUserPoolOptions, LambdaAuthorizerOptions, OneTimeTicketOptions, OpenIdConnectOptions } from './connection-access-options';
import { credentialKeysOf, validOpenIdConnectOptions, validTicketTimes, validUserPoolOptions } from './connection-access-validation';
import type { AccessBinding, BoundAccess } from './connection-authorizers';
import { ticketAuthorizer, tokenAuthorizer } from './connection-authorizers';
import { checkForInstance, checkForObject } from '../cdk/prop-checks';
import type { CallerIdentity } from '../shared/function-environment';

/** Key of the query string for a token or ticket of a client that can't send it as a subprotocol. */
const TOKEN_KEY = 'token';

const OPEN_WARNING = 'cdk-redshift-websocket-query:openAccess';

const requireUserPool = checkForInstance('userPoolProviderName', 'use new cognito.UserPool() or cognito.UserPool.fromUserPoolId()');

const requireHandler = checkForInstance('functionArn', 'use new lambda.Function() or lambda.Function.fromFunctionArn()');

/**
 * Clients that can open connections.
 *
 * @example
 * declare const userPool: cognito.UserPool;
 * declare const client: cognito.UserPoolClient;
 *
 * const access = ConnectionAccess.cognitoUserPool(userPool, { userPoolClients: [client] });
 */
export class ConnectionAccess {
  /**
   * Callers with AWS credentials and the permission to invoke the API. They sign the connect request with Signature Version 4; see `grantConnect`.
   * Connections from browsers without AWS credentials are rejected.
   *
   * @example
   * const access = ConnectionAccess.iam();
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
   * @returns the access
   */
  public static iam(): ConnectionAccess {
    return new ConnectionAccess('iam', [], () => ({ authorizer: new WebSocketIamAuthorizer() }));
  }

  /**
   * Everyone with the URL: for public data, and for URLs that are protected otherwise. Synthesis warns about it, until you call
   * `Annotations.of(construct).acknowledgeWarning('cdk-redshift-websocket-query:openAccess', 'why')`.
   *
   * @example
   * const access = ConnectionAccess.open();
   *
   * @returns the access
   */
  public static open(): ConnectionAccess {
    return new ConnectionAccess(undefined, [], ({ construct }) => {
      Annotations.of(construct).addWarningV2(
        OPEN_WARNING,
        'anyone with the URL can connect and run the queries: use another ConnectionAccess, such as cognitoUserPool() or oneTimeTicket(), or, if the data is public, '
        + `call Annotations.of(construct).acknowledgeWarning('${OPEN_WARNING}', 'why')`,
      );
      return { authorizer: new WebSocketNoneAuthorizer() };
    });
  }

  /**
   * Users of an Amazon Cognito user pool, with a token of the user pool. A connection ends when its token expires; clients receive a notice before.
   * Throws if an option is invalid.
   *
   * All claims that queries use together can have at most 4,096 bytes as JSON. A token with more is rejected.
   *
   * @example
   * declare const userPool: cognito.UserPool;
   * declare const client: cognito.UserPoolClient;
   *
   * const access = ConnectionAccess.cognitoUserPool(userPool, { userPoolClients: [client], tokenUse: CognitoTokenUse.ID });
   *
   * @param userPool the user pool, of this stack or another
   * @param options accepted tokens
   * @returns the access
   */
  public static cognitoUserPool(userPool: cognito.IUserPool, options: CognitoUserPoolOptions): ConnectionAccess {
    requireUserPool('userPool', userPool);
    const { userPoolClients, tokenUse } = validUserPoolOptions(options);
    const audience = userPoolClients.map((client) => client.userPoolClientId);
    // Equals `userPoolProviderUrl`, which the interface of a user pool doesn't have.
    const issuer = `https://${userPool.userPoolProviderName}`;
    return new ConnectionAccess('token', [TOKEN_KEY], (binding) =>
      tokenAuthorizer(binding, { issuer, jwksUri: `${issuer}/.well-known/jwks.json`, audience, tokenUse }));
  }

  /**
   * Callers with a JSON Web Token of an OpenID Connect issuer, signed by RS256, ES256 or a stronger algorithm of these families, or by EdDSA. The
   * token must have `sub` and `exp`. A connection ends when its token expires; clients receive a notice before. Throws if an option is invalid.
   *
   * All claims that queries use together can have at most 4,096 bytes as JSON. A token with more is rejected.
   *
   * @example
   * const access = ConnectionAccess.openIdConnect({ issuer: 'https://login.example.com/tenant', audience: ['trips'] });
   *
   * @param options accepted tokens
   * @returns the access
   */
  public static openIdConnect(options: OpenIdConnectOptions): ConnectionAccess {
    const { issuer, audience, jwksUri } = validOpenIdConnectOptions(options);
    return new ConnectionAccess('token', [TOKEN_KEY], (binding) => tokenAuthorizer(binding, { issuer, jwksUri, audience }));
  }

  /**
   * Callers that your Lambda authorizer allows. The values in its context are the claims of the caller, and `principalId` identifies the caller. With
   * `expiresAt` in the context, in seconds since the epoch, the connection ends at that time. Throws if an option is invalid.
   *
   * @example
   * declare const authorizer: lambda.Function;
   *
   * const access = ConnectionAccess.lambdaAuthorizer(authorizer, { identitySource: ['route.request.querystring.key'] });
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
   * @param handler function that receives each connect request and returns a policy
   * @param options identity sources
   * @returns the access
   */
  public static lambdaAuthorizer(handler: lambda.IFunction, options: LambdaAuthorizerOptions = {}): ConnectionAccess {
    requireHandler('handler', handler);
    checkForObject("give an object, such as { identitySource: ['route.request.querystring.key'] }")('options', options);
    const { identitySource = [] } = options;
    const keys = credentialKeysOf(identitySource);
    return new ConnectionAccess('authorizer', [...new Set([TOKEN_KEY, ...keys])], () => ({
      authorizer: new WebSocketLambdaAuthorizer('Authorizer', handler, { identitySource }),
    }));
  }

  /**
   * Callers with a ticket, which is valid for one connection. The back end of your application, which authenticates its users, invokes `issueTicketFunction`
   * (see `grantIssueTicket`) and sends the ticket to the page. URLs and logs then never contain a long-lived token. Throws if an option is invalid.
   *
   * @example
   * const access = ConnectionAccess.oneTimeTicket({ ticketValidity: Duration.seconds(30), connectionDuration: Duration.hours(1) });
   *
   * @param options durations of tickets and connections
   * @returns the access
   */
  public static oneTimeTicket(options: OneTimeTicketOptions = {}): ConnectionAccess {
    const times = validTicketTimes(options);
    return new ConnectionAccess('token', [TOKEN_KEY], (binding) => ticketAuthorizer(binding, times));
  }

  private constructor(
    /**
     * How the functions identify callers; undefined if callers aren't known.
     * @internal
     */
    public readonly _callerIdentity: CallerIdentity | undefined,
    /**
     * Keys of the query string that carry credentials.
     * @internal
     */
    public readonly _credentialKeys: string[],
    private readonly bindAuthorizer: (binding: AccessBinding) => BoundAccess,
  ) {}

  /**
   * Creates the authorizer and its functions.
   * @internal
   */
  public _bind(binding: AccessBinding): BoundAccess {
    return this.bindAuthorizer(binding);
  }

  /**
   * Throws if a parameter has the name of a key that carries credentials in the URL.
   * @internal
   */
  public _validateParameters(names: readonly string[]): void {
    const taken = names.find((name) => this._credentialKeys.includes(name));
    if (taken !== undefined && !Token.isUnresolved(taken)) {
      throw new Error(`the parameter '${taken}' has the name of the key for credentials in the URL: use another name`);
    }
  }
}

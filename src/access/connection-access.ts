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

/** The key of the query string by which clients bring a token or a ticket that no subprotocol can carry. */
const TOKEN_KEY = 'token';

const OPEN_WARNING = 'cdk-redshift-websocket-query:openAccess';

const requireUserPool = checkForInstance('userPoolProviderName', 'use new cognito.UserPool() or cognito.UserPool.fromUserPoolId()');

const requireHandler = checkForInstance('functionArn', 'use new lambda.Function() or lambda.Function.fromFunctionArn()');

/** Who may open a connection. */
export class ConnectionAccess {
  /**
   * Callers with AWS credentials that may invoke the API, who sign the request to connect (Signature Version 4); see `grantConnect`.
   * A browser without AWS credentials is refused.
   */
  public static iam(): ConnectionAccess {
    return new ConnectionAccess('iam', [], () => ({ authorizer: new WebSocketIamAuthorizer() }));
  }

  /**
   * Anyone who knows the address: for public data, and for addresses that something else protects. Synthesis warns of it; once that is meant,
   * `Annotations.of(construct).acknowledgeWarning('cdk-redshift-websocket-query:openAccess', 'why')` ends the warning.
   */
  public static open(): ConnectionAccess {
    return new ConnectionAccess(undefined, [], ({ construct }) => {
      Annotations.of(construct).addWarningV2(
        OPEN_WARNING,
        'anyone who knows the address may connect and run the queries: choose another ConnectionAccess, such as cognitoUserPool() or oneTimeTicket(), or, if the data is public, '
        + `say so with Annotations.of(construct).acknowledgeWarning('${OPEN_WARNING}', 'why')`,
      );
      return { authorizer: new WebSocketNoneAuthorizer() };
    });
  }

  /**
   * Users of an Amazon Cognito user pool, who bring a token of it. The connection ends when the token expires; clients are told before.
   *
   * @param userPool the user pool, of this stack or another
   * @param options which of its tokens let in
   */
  public static cognitoUserPool(userPool: cognito.IUserPool, options: CognitoUserPoolOptions): ConnectionAccess {
    requireUserPool('userPool', userPool);
    const { userPoolClients, tokenUse } = validUserPoolOptions(options);
    const audience = userPoolClients.map((client) => client.userPoolClientId);
    // The interface of a user pool has no `userPoolProviderUrl`, which is this.
    const issuer = `https://${userPool.userPoolProviderName}`;
    return new ConnectionAccess('token', [TOKEN_KEY], (binding) =>
      tokenAuthorizer(binding, { issuer, jwksUri: `${issuer}/.well-known/jwks.json`, audience, tokenUse }));
  }

  /**
   * Whoever brings a JSON Web Token of an OpenID Connect issuer, signed by RS256, ES256 or a stronger algorithm of these families, or by EdDSA. The token must have
   * `sub` and `exp`. The connection ends when it expires; clients are told before.
   *
   * @param options which tokens let in
   */
  public static openIdConnect(options: OpenIdConnectOptions): ConnectionAccess {
    const { issuer, audience, jwksUri } = validOpenIdConnectOptions(options);
    return new ConnectionAccess('token', [TOKEN_KEY], (binding) => tokenAuthorizer(binding, { issuer, jwksUri, audience }));
  }

  /**
   * Whoever a Lambda authorizer of your own lets in. What it puts into its context are the caller's claims, and `principalId` names the caller; an `expiresAt` in its
   * context, in seconds since the epoch, ends the connection then.
   *
   * @param handler answers a request to connect with a policy
   * @param options how it is asked
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
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
   * Whoever brings a ticket, which lets in once. Your back end, which knows its users, asks the function `issueTicketFunction` for one (see `grantIssueTicket`) and
   * gives it to the page: no token that lives on ever stands in an address or a log.
   *
   * @param options how long tickets and their connections live
   */
  public static oneTimeTicket(options: OneTimeTicketOptions = {}): ConnectionAccess {
    const times = validTicketTimes(options);
    return new ConnectionAccess('token', [TOKEN_KEY], (binding) => ticketAuthorizer(binding, times));
  }

  private constructor(
    /**
     * How the functions learn who the caller is; undefined where nobody is known.
     * @internal
     */
    public readonly _callerIdentity: CallerIdentity | undefined,
    /**
     * The keys of the query string that carry credentials.
     * @internal
     */
    public readonly _credentialKeys: string[],
    /**
     * Makes what the construct needs for it.
     * @internal
     */
    public readonly _bind: (binding: AccessBinding) => BoundAccess,
  ) {}

  /**
   * Throws where a parameter could not be told from a credential in the address of a connection.
   * @internal
   */
  public _validateParameters(names: readonly string[]): void {
    const taken = names.find((name) => this._credentialKeys.includes(name));
    if (taken !== undefined && !Token.isUnresolved(taken)) {
      throw new Error(`the parameter '${taken}' has the name of the key that carries the caller's credential in the address: choose another name`);
    }
  }
}

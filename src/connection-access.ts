import { WebSocketNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IWebSocketRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';

/** Who may open a connection. */
export class ConnectionAccess {
  /**
   * Callers with AWS credentials that may invoke the API, who sign the request to connect (Signature Version 4); see `grantConnect`.
   * A browser without AWS credentials is refused.
   */
  public static iam(): ConnectionAccess {
    return new ConnectionAccess(new WebSocketIamAuthorizer());
  }

  /** Anyone who knows the address: for public data, and for addresses that something else protects. */
  public static open(): ConnectionAccess {
    return new ConnectionAccess(new WebSocketNoneAuthorizer());
  }

  private constructor(
    /**
     * @internal
     */
    public readonly _authorizer: IWebSocketRouteAuthorizer,
  ) {}
}

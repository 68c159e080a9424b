import type { APIGatewayAuthorizerResult, PolicyDocument } from 'aws-lambda';
import { getOrigin, getQueryString, getSubprotocols } from './web-socket-event';
import type { ConnectEvent } from './web-socket-event';
import type { AuthorizationResult, AuthorizationRequest } from '../../access/authorize';

/** The event of the authorizer of `$connect`. */
export interface AuthorizerEvent extends ConnectEvent {
  readonly methodArn: string;
}

export function toAuthorizationRequest(event: AuthorizerEvent): AuthorizationRequest {
  return {
    connectionId: event.requestContext.connectionId,
    origin: getOrigin(event),
    subprotocols: getSubprotocols(event),
    queryString: getQueryString(event),
  };
}

/** Creates the response of an authorizer. The policy covers only the requested resource. */
export function createPolicy({ methodArn }: AuthorizerEvent, result: AuthorizationResult | undefined): APIGatewayAuthorizerResult {
  const policyDocument: PolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: result === undefined ? 'Deny' : 'Allow', Resource: methodArn }],
  };
  if (result === undefined) {
    return { principalId: 'unknown', policyDocument };
  }
  const { caller, ...context } = result;
  return { principalId: caller, policyDocument, context };
}

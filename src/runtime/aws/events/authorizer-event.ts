import type { APIGatewayAuthorizerResult, PolicyDocument } from 'aws-lambda';
import { originOf, queryStringOf, subprotocolsOf } from './web-socket-event';
import type { ConnectEvent } from './web-socket-event';
import type { Admission, Attempt } from '../../access/authorize';

/** The event of the authorizer of `$connect`. */
export interface AuthorizerEvent extends ConnectEvent {
  readonly methodArn: string;
}

export function attemptOf(event: AuthorizerEvent): Attempt {
  return {
    connectionId: event.requestContext.connectionId,
    origin: originOf(event),
    subprotocols: subprotocolsOf(event),
    queryString: queryStringOf(event),
  };
}

/** Creates the response of an authorizer. The policy covers only the requested resource. */
export function policyOf({ methodArn }: AuthorizerEvent, admission: Admission | undefined): APIGatewayAuthorizerResult {
  const policyDocument: PolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: admission === undefined ? 'Deny' : 'Allow', Resource: methodArn }],
  };
  if (admission === undefined) {
    return { principalId: 'nobody', policyDocument };
  }
  const { caller, ...context } = admission;
  return { principalId: caller, policyDocument, context };
}

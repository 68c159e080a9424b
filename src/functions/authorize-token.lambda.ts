import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { authorize } from '../runtime/access/authorize';
import { toAuthorizationRequest, createPolicy } from '../runtime/aws/events/authorizer-event';
import type { AuthorizerEvent } from '../runtime/aws/events/authorizer-event';
import { createTokenServices } from '../runtime/aws/services/token-services';

const services = createTokenServices(process.env);

/** Before step 1: verifies the token in a connect request. */
export async function handler(event: AuthorizerEvent): Promise<APIGatewayAuthorizerResult> {
  return createPolicy(event, await authorize(services, toAuthorizationRequest(event)));
}

import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { authorize } from '../runtime/access/authorize';
import { attemptOf, policyOf } from '../runtime/aws/events/authorizer-event';
import type { AuthorizerEvent } from '../runtime/aws/events/authorizer-event';
import { tokenServices } from '../runtime/aws/services/token-services';

const services = tokenServices(process.env);

/** Before step 1: a client wants to connect with a token of an issuer. */
export async function handler(event: AuthorizerEvent): Promise<APIGatewayAuthorizerResult> {
  return policyOf(event, await authorize(services, attemptOf(event)));
}

import type { IncomingMessage } from 'node:http';
import type { ApiPlan } from './api-plan';
import { ConnectError, STATUS } from './authorization';
import type { AuthorizationResult, ConnectAuthorizer } from './authorization';
import type { AuthorizerPlan, IdentitySource } from './authorizer-plan';
import { authorizerEvent } from './lambda-event';
import { withinTime } from './within-time';
import type { PolicyDocument } from '../iam/policy-document';
import type { InvocationResult, Invoke } from '../lambda/invocation';

/** Returns whether a policy allows the connection. Throws if the policy is invalid. */
export type EvaluatePolicy = (policy: PolicyDocument) => Promise<boolean>;

const AUTHORIZER_TIMEOUT_MS = 29_000;

/** The response of an authorizer function. */
interface AuthorizerResponse {
  readonly principalId?: unknown;
  readonly policyDocument?: PolicyDocument;
  readonly context?: Readonly<Record<string, unknown>> | null;
}

/**
 * A Lambda authorizer of type REQUEST.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export function lambdaAuthorizer(api: ApiPlan, plan: AuthorizerPlan, methodArn: string, invoke: Invoke, allows: EvaluatePolicy): ConnectAuthorizer {
  return async (connection, request) => {
    const missing = plan.identitySources.find((source) => !hasIdentitySource(request, source));
    if (missing !== undefined) {
      throw new ConnectError(STATUS.unauthorized, `the connect request has no ${missing.place} ${missing.name}`);
    }
    const started = Date.now();
    const event = authorizerEvent(api, connection, request, methodArn);
    const result = await withinTime(invoke(plan.functionArn, event), AUTHORIZER_TIMEOUT_MS).catch(throwAuthorizerError);
    const response = responseOf(result);
    if (!await allows(response.policyDocument!).catch(throwAuthorizerError)) {
      throw new ConnectError(STATUS.forbidden, 'the policy of the authorizer doesn\'t allow the connection');
    }
    return authorizationResult(response, Date.now() - started);
  };
}

function hasIdentitySource({ headers, url = '/' }: IncomingMessage, { place, name }: IdentitySource): boolean {
  const value = place === 'header' ? headers[name.toLowerCase()] : new URL(url, 'http://local').searchParams.get(name);
  return value !== undefined && value !== null && value !== '';
}

function responseOf({ error, payload = 'null' }: InvocationResult & { readonly payload?: string }): AuthorizerResponse {
  if (error !== undefined) {
    // API Gateway returns 401 only for this error message.
    throw error.errorMessage === 'Unauthorized'
      ? new ConnectError(STATUS.unauthorized, 'the authorizer returned Unauthorized')
      : authorizerError(`the authorizer failed: ${error.errorMessage}`);
  }
  const response = JSON.parse(payload) as AuthorizerResponse | null;
  if (typeof response?.principalId !== 'string' || typeof response.policyDocument !== 'object') {
    throw authorizerError('the response of the authorizer has no principalId or no policyDocument');
  }
  return response;
}

/** The function receives the values of the context as strings, as with REST APIs. */
function authorizationResult({ principalId, context }: AuthorizerResponse, integrationLatency: number): AuthorizationResult {
  const entries = Object.entries(context ?? {});
  const nested = entries.find(([, value]) => !['string', 'number', 'boolean'].includes(typeof value));
  if (nested !== undefined) {
    throw authorizerError(`the context of the authorizer has ${nested[0]}, which isn't a string, number or boolean`);
  }
  return { authorizer: { ...Object.fromEntries(entries.map(([name, value]) => [name, String(value)])), principalId, integrationLatency } };
}

function throwAuthorizerError(error: unknown): never {
  throw authorizerError((error as Error).message);
}

function authorizerError(reason: string): ConnectError {
  return new ConnectError(STATUS.failed, reason);
}

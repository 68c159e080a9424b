import type { IncomingMessage } from 'node:http';
import type { ApiPlan } from './api-plan';
import { ConnectRefused, STATUS } from './authorization';
import type { Admission, ConnectAuthorizer } from './authorization';
import type { AuthorizerPlan, IdentitySource } from './authorizer-plan';
import { authorizerEvent } from './lambda-event';
import { withinTime } from './within-time';
import type { PolicyDocument } from '../iam/policy-document';
import type { InvocationResult, Invoke } from '../lambda/invocation';

/** Whether a policy allows to connect. Throws for one that IAM would not take. */
export type JudgePolicy = (policy: PolicyDocument) => Promise<boolean>;

const AUTHORIZER_TIMEOUT_MS = 29_000;

/** What an authorizer function answers. */
interface Answer {
  readonly principalId?: unknown;
  readonly policyDocument?: PolicyDocument;
  readonly context?: Readonly<Record<string, unknown>> | null;
}

/**
 * A Lambda authorizer of type REQUEST.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export function lambdaAuthorizer(api: ApiPlan, plan: AuthorizerPlan, methodArn: string, invoke: Invoke, allows: JudgePolicy): ConnectAuthorizer {
  return async (connection, request) => {
    const missing = plan.identitySources.find((source) => !brings(request, source));
    if (missing !== undefined) {
      throw new ConnectRefused(STATUS.unauthorized, `the request brings no ${missing.place} ${missing.name}`);
    }
    const started = Date.now();
    const event = authorizerEvent(api, connection, request, methodArn);
    const result = await withinTime(invoke(plan.functionArn, event), AUTHORIZER_TIMEOUT_MS).catch(failed);
    const answer = answerOf(result);
    if (!await allows(answer.policyDocument!).catch(failed)) {
      throw new ConnectRefused(STATUS.forbidden, 'the authorizer\'s policy does not allow to connect');
    }
    return admissionOf(answer, Date.now() - started);
  };
}

function brings({ headers, url = '/' }: IncomingMessage, { place, name }: IdentitySource): boolean {
  const value = place === 'header' ? headers[name.toLowerCase()] : new URL(url, 'http://local').searchParams.get(name);
  return value !== undefined && value !== null && value !== '';
}

function answerOf({ error, payload = 'null' }: InvocationResult & { readonly payload?: string }): Answer {
  if (error !== undefined) {
    // API Gateway knows this one message of a failed authorizer.
    throw error.errorMessage === 'Unauthorized'
      ? new ConnectRefused(STATUS.unauthorized, 'the authorizer said Unauthorized')
      : failure(`the authorizer failed: ${error.errorMessage}`);
  }
  const answer = JSON.parse(payload) as Answer | null;
  if (typeof answer?.principalId !== 'string' || typeof answer.policyDocument !== 'object') {
    throw failure('the authorizer\'s answer has no principalId or no policyDocument');
  }
  return answer;
}

/** The values of the context reach the function as texts, as they do with REST APIs. */
function admissionOf({ principalId, context }: Answer, integrationLatency: number): Admission {
  const entries = Object.entries(context ?? {});
  const nested = entries.find(([, value]) => !['string', 'number', 'boolean'].includes(typeof value));
  if (nested !== undefined) {
    throw failure(`the authorizer's context has ${nested[0]}, which is no text, number or boolean`);
  }
  return { authorizer: { ...Object.fromEntries(entries.map(([name, value]) => [name, String(value)])), principalId, integrationLatency } };
}

function failed(error: unknown): never {
  throw failure((error as Error).message);
}

function failure(reason: string): ConnectRefused {
  return new ConnectRefused(STATUS.failed, reason);
}

import type { ApiPlan } from './api-plan';
import type { ConnectAuthorizer } from './authorization';
import { iamAuthorizer } from './iam-authorizer';
import { lambdaAuthorizer } from './lambda-authorizer';
import type { Callers } from '../callers';
import type { Authorizer } from '../iam/authorizer';
import type { Invoke } from '../lambda/invocation';
import type { StackEnvironment } from '../template/template';

/** Dependencies of the authorizer. */
export interface ConnectAuthorizerProps {
  readonly environment: StackEnvironment;
  readonly invoke: Invoke;
  /** Evaluates the policies of the stack. */
  readonly authorizer: Authorizer;
  readonly callers: Callers;
}

/** Creates the authorizer of `$connect`. */
export function connectAuthorizer(api: ApiPlan, { environment, invoke, authorizer, callers }: ConnectAuthorizerProps): ConnectAuthorizer {
  const { partition, region, accountId } = environment;
  const methodArn = `arn:${partition}:execute-api:${region}:${accountId}:${api.apiId}/${api.stageName}/$connect`;
  const authorization = api.routes.get('$connect')?.authorization ?? { type: 'NONE' };
  switch (authorization.type) {
    case 'NONE':
      return async () => ({});
    case 'AWS_IAM':
      return iamAuthorizer(methodArn, callers, environment, async (request) => authorizer.decide(request));
    case 'CUSTOM':
      return lambdaAuthorizer(api, authorization.authorizer, methodArn, invoke, async (policy) => authorizer.allowsToInvoke(policy, methodArn));
  }
}

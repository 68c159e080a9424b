import type { FunctionPlan } from '../lambda/function-plan';
import type { Resource, Stack } from '../template/stack';

/** A Lambda authorizer of the template. */
export interface AuthorizerPlan {
  readonly functionArn: string;
  /** What a request to connect must bring, or the function is not run. */
  readonly identitySources: readonly IdentitySource[];
}

export interface IdentitySource {
  readonly place: 'header' | 'querystring';
  readonly name: string;
}

/** How `$connect` decides who comes in. */
export type RouteAuthorization = { readonly type: 'NONE' | 'AWS_IAM' } | { readonly type: 'CUSTOM'; readonly authorizer: AuthorizerPlan };

const TYPE = 'AWS::ApiGatewayV2::Authorizer';

/** Reads how a route is authorized. Only `$connect` may be. */
export function planAuthorization(stack: Stack, { properties }: Resource, functions: readonly FunctionPlan[]): RouteAuthorization {
  const type = properties.optionalText('AuthorizationType') ?? 'NONE';
  const routeKey = properties.text('RouteKey');
  if (type !== 'NONE' && routeKey !== '$connect') {
    throw new Error(`property AuthorizationType is ${type}, but API Gateway authorizes $connect alone`);
  }
  if (type !== 'CUSTOM') {
    return { type: type === 'AWS_IAM' ? type : 'NONE' };
  }
  const authorizerId = properties.text('AuthorizerId');
  const authorizer = stack.resources(TYPE).find(({ ref }) => ref === authorizerId);
  if (authorizer === undefined) {
    throw new Error(`property AuthorizerId is ${authorizerId}, which is not an authorizer of the template`);
  }
  return { type, authorizer: planAuthorizer(stack, authorizer, functions) };
}

function planAuthorizer(stack: Stack, authorizer: Resource, functions: readonly FunctionPlan[]): AuthorizerPlan {
  const { properties, ref, logicalId } = authorizer;
  const uri = properties.text('AuthorizerUri');
  const functionArn = /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
  const target = functions.find(({ arn }) => arn === functionArn);
  if (target === undefined) {
    throw new Error(`the authorizer ${logicalId} calls ${uri}, which is not a function of the template`);
  }
  const { partition, region, accountId } = stack.environment;
  stack.require(
    authorizer,
    {
      principal: 'apigateway.amazonaws.com',
      action: 'lambda:InvokeFunction',
      resource: target.arn,
      context: { 'aws:SourceArn': `arn:${partition}:execute-api:${region}:${accountId}:${properties.text('ApiId')}/authorizers/${ref}` },
    },
    `no AWS::Lambda::Permission lets apigateway.amazonaws.com invoke ${target.logicalId} for the authorizer ${logicalId}`,
  );
  return { functionArn: target.arn, identitySources: properties.list('IdentitySource').map((source) => identitySource(String(source))) };
}

function identitySource(source: string): IdentitySource {
  const [, place, name] = /^route\.request\.(header|querystring)\.([A-Za-z0-9._-]+)$/.exec(source) ?? [];
  if (place === undefined) {
    throw new Error(`property IdentitySource has '${source}', but only headers and keys of the query string are supported by the local AWS`);
  }
  return { place: place as IdentitySource['place'], name };
}

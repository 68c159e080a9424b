import type { FunctionPlan } from '../lambda/function-plan';
import type { Resource, Stack } from '../template/stack';

/** A Lambda authorizer of the template. */
export interface AuthorizerPlan {
  readonly functionArn: string;
  /** Required parts of a connect request. Without them, the function is not invoked. */
  readonly identitySources: readonly IdentitySource[];
}

export interface IdentitySource {
  readonly place: 'header' | 'querystring';
  readonly name: string;
}

/** Authorization of `$connect`. */
export type RouteAuthorization = { readonly type: 'NONE' | 'AWS_IAM' } | { readonly type: 'CUSTOM'; readonly authorizer: AuthorizerPlan };

const TYPE = 'AWS::ApiGatewayV2::Authorizer';

/** Reads the authorization of a route. */
export function planAuthorization(stack: Stack, { properties }: Resource, functions: readonly FunctionPlan[]): RouteAuthorization {
  const type = properties.optionalString('AuthorizationType') ?? 'NONE';
  const routeKey = properties.string('RouteKey');
  if (type !== 'NONE' && routeKey !== '$connect') {
    throw new Error(`property AuthorizationType is ${type}, but API Gateway authorizes only $connect`);
  }
  if (type !== 'CUSTOM') {
    return { type: type === 'AWS_IAM' ? type : 'NONE' };
  }
  const authorizerId = properties.string('AuthorizerId');
  const authorizer = stack.resources(TYPE).find(({ ref }) => ref === authorizerId);
  if (authorizer === undefined) {
    throw new Error(`property AuthorizerId is ${authorizerId}, which is not an authorizer of the template`);
  }
  return { type, authorizer: planAuthorizer(stack, authorizer, functions) };
}

function planAuthorizer(stack: Stack, authorizer: Resource, functions: readonly FunctionPlan[]): AuthorizerPlan {
  const { properties, ref, logicalId } = authorizer;
  const uri = properties.string('AuthorizerUri');
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
      context: { 'aws:SourceArn': `arn:${partition}:execute-api:${region}:${accountId}:${properties.string('ApiId')}/authorizers/${ref}` },
    },
    `no AWS::Lambda::Permission allows apigateway.amazonaws.com to invoke ${target.logicalId} for the authorizer ${logicalId}`,
  );
  return { functionArn: target.arn, identitySources: properties.list('IdentitySource').map((source) => identitySource(String(source))) };
}

function identitySource(source: string): IdentitySource {
  const [, place, name] = /^route\.request\.(header|querystring)\.([A-Za-z0-9._-]+)$/.exec(source) ?? [];
  if (place === undefined) {
    throw new Error(`property IdentitySource has '${source}', but only headers and query string parameters are supported by the local AWS`);
  }
  return { place: place as IdentitySource['place'], name };
}

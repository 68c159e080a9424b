import { planAuthorization } from './authorizer-plan';
import type { RouteAuthorization } from './authorizer-plan';
import type { ThrottlePlan } from './throttle';
import type { FunctionPlan } from '../lambda/function-plan';
import type { Properties } from '../template/properties';
import type { Resource, Stack } from '../template/stack';

/** A WebSocket API of the template with its one stage. */
export interface ApiPlan {
  readonly apiId: string;
  readonly stageName: string;
  readonly domainName: string;
  /** The path into a message's body that names its route. */
  readonly routeSelectionPath: readonly string[];
  readonly routes: ReadonlyMap<string, RoutePlan>;
  /** Absent where the template bounds nothing; the account's own limit is higher. */
  readonly throttle?: ThrottlePlan;
}

export interface RoutePlan {
  readonly functionArn: string;
  readonly timeoutMilliseconds: number;
  readonly authorization: RouteAuthorization;
}

const INTEGRATION_TIMEOUT_MS = 29_000;
const TYPES = {
  api: 'AWS::ApiGatewayV2::Api',
  stage: 'AWS::ApiGatewayV2::Stage',
  route: 'AWS::ApiGatewayV2::Route',
  integration: 'AWS::ApiGatewayV2::Integration',
};

/** Reads the WebSocket APIs of the stack: one plan for each stage. */
export function planApis(stack: Stack, functions: readonly FunctionPlan[]): ApiPlan[] {
  const apis = new Map(stack.resources(TYPES.api).map((api) => [api.ref, api]));
  const routes = stack.plan(TYPES.route, (route) => planRoute(stack, route, functions));
  return stack.plan(TYPES.stage, ({ properties }) => {
    const apiId = properties.text('ApiId');
    const api = apis.get(apiId);
    if (api === undefined) {
      throw new Error(`property ApiId is ${apiId}, which is not in the template`);
    }
    if (!properties.flag('AutoDeploy', false)) {
      throw new Error('property AutoDeploy must be true: deployments of their own are not supported by the local AWS');
    }
    return {
      apiId,
      stageName: properties.text('StageName'),
      domainName: `${apiId}.execute-api.${stack.environment.region}.${stack.environment.urlSuffix}`,
      routeSelectionPath: routeSelectionPath(api),
      routes: new Map(routes.filter((route) => route.apiId === apiId).map(({ routeKey, plan }) => [routeKey, plan])),
      throttle: throttlePlan(properties.object('DefaultRouteSettings')),
    };
  });
}

function throttlePlan(settings: Properties): ThrottlePlan | undefined {
  const rate = settings.optionalText('ThrottlingRateLimit');
  const burst = settings.optionalInteger('ThrottlingBurstLimit');
  if (rate === undefined && burst === undefined) {
    return undefined;
  }
  if (rate === undefined || burst === undefined || !(Number(rate) >= 0)) {
    throw new Error('property DefaultRouteSettings must have a number for both ThrottlingRateLimit and ThrottlingBurstLimit to run on the local AWS');
  }
  return { ratePerSecond: Number(rate), burst };
}

function routeSelectionPath({ properties }: Resource): string[] {
  const expression = properties.text('RouteSelectionExpression');
  const path = /^\$\{?request\.body\.([A-Za-z0-9_.-]+?)\}?$/.exec(expression)?.[1];
  if (path === undefined) {
    throw new Error(`property RouteSelectionExpression is '${expression}', but only $request.body.<name> is supported by the local AWS`);
  }
  return path.split('.');
}

function planRoute(stack: Stack, route: Resource, functions: readonly FunctionPlan[]) {
  const { properties } = route;
  const target = properties.text('Target');
  const apiId = properties.text('ApiId');
  const integration = stack.resources(TYPES.integration)
    .find((candidate) => candidate.properties.text('ApiId') === apiId && target === `integrations/${candidate.ref}`);
  if (integration === undefined) {
    throw new Error(`property Target is ${target}, which is not an integration of the template`);
  }
  const uri = integration.properties.text('IntegrationUri');
  const functionArn = /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
  const calledFunction = functions.find(({ arn }) => arn === functionArn);
  if (calledFunction === undefined) {
    throw new Error(`the integration ${integration.logicalId} calls ${uri}, which is not a function of the template`);
  }
  const routeKey = properties.text('RouteKey');
  requirePermission(stack, route, apiId, calledFunction);
  return {
    apiId,
    routeKey,
    plan: {
      functionArn: calledFunction.arn,
      timeoutMilliseconds: integration.properties.integer('TimeoutInMillis', INTEGRATION_TIMEOUT_MS),
      authorization: planAuthorization(stack, route, functions),
    },
  };
}

/** On AWS a route without permission answers every message with an internal server error. */
function requirePermission(stack: Stack, route: Resource, apiId: string, target: FunctionPlan): void {
  const { partition, region, accountId } = stack.environment;
  const routeKey = route.properties.text('RouteKey');
  stack.require(
    route,
    {
      principal: 'apigateway.amazonaws.com',
      action: 'lambda:InvokeFunction',
      resource: target.arn,
      context: { 'aws:SourceArn': `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/*/${routeKey}` },
    },
    `no AWS::Lambda::Permission lets apigateway.amazonaws.com invoke ${target.logicalId} for the route ${routeKey}`,
  );
}

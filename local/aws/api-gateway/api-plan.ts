import { planAuthorization } from './authorizer-plan';
import type { RouteAuthorization } from './authorizer-plan';
import type { ThrottlePlan } from './throttle';
import type { FunctionPlan } from '../lambda/function-plan';
import type { Properties } from '../template/properties';
import type { Resource, Stack } from '../template/stack';

/** A stage of a WebSocket API. */
export interface ApiPlan {
  readonly apiId: string;
  readonly stageName: string;
  readonly domainName: string;
  /** Path of the route key in a message body. */
  readonly routeSelectionPath: readonly string[];
  readonly routes: ReadonlyMap<string, RoutePlan>;
  /** Throttling of the stage. The limits of the account are not emulated. */
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
    const apiId = properties.string('ApiId');
    const api = apis.get(apiId);
    if (api === undefined) {
      throw new Error(`property ApiId is ${apiId}, which isn't an API of the template`);
    }
    if (!properties.flag('AutoDeploy', false)) {
      throw new Error('property AutoDeploy must be true: manual deployments are not supported by the local AWS');
    }
    return {
      apiId,
      stageName: properties.string('StageName'),
      domainName: `${apiId}.execute-api.${stack.environment.region}.${stack.environment.urlSuffix}`,
      routeSelectionPath: routeSelectionPath(api),
      routes: new Map(routes.filter((route) => route.apiId === apiId).map(({ routeKey, plan }) => [routeKey, plan])),
      throttle: throttlePlan(properties.object('DefaultRouteSettings')),
    };
  });
}

function throttlePlan(settings: Properties): ThrottlePlan | undefined {
  const rate = settings.optionalString('ThrottlingRateLimit');
  const burst = settings.optionalInteger('ThrottlingBurstLimit');
  if (rate === undefined && burst === undefined) {
    return undefined;
  }
  if (rate === undefined || burst === undefined || !(Number(rate) >= 0)) {
    throw new Error('property DefaultRouteSettings must have both ThrottlingRateLimit and ThrottlingBurstLimit: a single limit is not supported by the local AWS');
  }
  return { ratePerSecond: Number(rate), burst };
}

function routeSelectionPath({ properties }: Resource): string[] {
  const expression = properties.string('RouteSelectionExpression');
  const path = /^\$\{?request\.body\.([A-Za-z0-9_.-]+?)\}?$/.exec(expression)?.[1];
  if (path === undefined) {
    throw new Error(`property RouteSelectionExpression is '${expression}', but only $request.body.<name> is supported by the local AWS`);
  }
  return path.split('.');
}

function planRoute(stack: Stack, route: Resource, functions: readonly FunctionPlan[]) {
  const { properties } = route;
  const target = properties.string('Target');
  const apiId = properties.string('ApiId');
  const integration = stack.resources(TYPES.integration)
    .find((candidate) => candidate.properties.string('ApiId') === apiId && target === `integrations/${candidate.ref}`);
  if (integration === undefined) {
    throw new Error(`property Target is ${target}, which is not an integration of the template`);
  }
  const uri = integration.properties.string('IntegrationUri');
  const functionArn = /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
  const calledFunction = functions.find(({ arn }) => arn === functionArn);
  if (calledFunction === undefined) {
    throw new Error(`the integration ${integration.logicalId} calls ${uri}, which is not a function of the template`);
  }
  const routeKey = properties.string('RouteKey');
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

/** On AWS, a route without this permission returns an internal server error for each message. */
function requirePermission(stack: Stack, route: Resource, apiId: string, target: FunctionPlan): void {
  const { partition, region, accountId } = stack.environment;
  const routeKey = route.properties.string('RouteKey');
  stack.require(
    route,
    {
      principal: 'apigateway.amazonaws.com',
      action: 'lambda:InvokeFunction',
      resource: target.arn,
      context: { 'aws:SourceArn': `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/*/${routeKey}` },
    },
    `no AWS::Lambda::Permission allows apigateway.amazonaws.com to invoke ${target.logicalId} for the route ${routeKey}`,
  );
}

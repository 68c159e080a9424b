import { IGNORED_TAGS } from '../template/resource-type';
import type { ResourceIdentity, ResourceTypes } from '../template/resource-type';

const API_ID_LENGTH = 10;
const PART_ID_LENGTH = 7;

function apiId({ generatedId }: ResourceIdentity): string {
  return generatedId(API_ID_LENGTH);
}

function partId({ generatedId }: ResourceIdentity): string {
  return generatedId(PART_ID_LENGTH);
}

/** The resource types of API Gateway WebSocket APIs. */
export const API_GATEWAY_TYPES: ResourceTypes = {
  'AWS::ApiGatewayV2::Api': {
    supported: ['ProtocolType', 'RouteSelectionExpression'],
    ignored: { ...IGNORED_TAGS, Description: 'informational', Name: 'informational', IpAddressType: 'the only address is 127.0.0.1' },
    values: { ProtocolType: ['WEBSOCKET'] },
    ref: apiId,
    attributes: {
      ApiEndpoint: (api) => `wss://${apiId(api)}.execute-api.${api.environment.region}.${api.environment.urlSuffix}`,
      ApiId: apiId,
    },
  },
  'AWS::ApiGatewayV2::Route': {
    supported: ['ApiId', 'AuthorizationType', 'AuthorizerId', 'RouteKey', 'Target'],
    ignored: { OperationName: 'informational' },
    values: { AuthorizationType: ['NONE', 'AWS_IAM', 'CUSTOM'] },
    ref: partId,
    attributes: { RouteId: partId },
  },
  'AWS::ApiGatewayV2::Authorizer': {
    supported: ['ApiId', 'AuthorizerType', 'AuthorizerUri', 'IdentitySource'],
    ignored: { Name: 'informational' },
    values: { AuthorizerType: ['REQUEST'] },
    ref: partId,
    attributes: { AuthorizerId: partId },
  },
  'AWS::ApiGatewayV2::Integration': {
    supported: ['ApiId', 'IntegrationMethod', 'IntegrationType', 'IntegrationUri', 'TimeoutInMillis'],
    ignored: { Description: 'informational', ConnectionType: 'connections stay on this machine', PayloadFormatVersion: 'WebSocket APIs have one format' },
    values: { IntegrationType: ['AWS_PROXY'], IntegrationMethod: ['POST'], ConnectionType: ['INTERNET'] },
    ref: partId,
    attributes: { IntegrationId: partId },
  },
  'AWS::ApiGatewayV2::Stage': {
    supported: ['ApiId', 'AutoDeploy', 'DefaultRouteSettings.ThrottlingBurstLimit', 'DefaultRouteSettings.ThrottlingRateLimit', 'StageName'],
    ignored: {
      ...IGNORED_TAGS,
      'AccessLogSettings': 'access logs are not written',
      'DefaultRouteSettings.DataTraceEnabled': 'execution logs are not written',
      'DefaultRouteSettings.DetailedMetricsEnabled': 'metrics are not collected',
      'DefaultRouteSettings.LoggingLevel': 'execution logs are not written',
      'Description': 'informational',
    },
    values: { AutoDeploy: [true, 'true'] },
    ref: (stage) => stage.property('StageName') ?? '$default',
  },
};

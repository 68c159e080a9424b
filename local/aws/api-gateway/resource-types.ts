import { HARMLESS_TAGS } from '../template/resource-type';
import type { ResourceIdentity, ResourceTypes } from '../template/resource-type';

const API_ID_LENGTH = 10;
const PART_ID_LENGTH = 7;

function apiId({ generatedId }: ResourceIdentity): string {
  return generatedId(API_ID_LENGTH);
}

function partId({ generatedId }: ResourceIdentity): string {
  return generatedId(PART_ID_LENGTH);
}

/** The resource types of API Gateway's WebSocket APIs. */
export const API_GATEWAY_TYPES: ResourceTypes = {
  'AWS::ApiGatewayV2::Api': {
    honoured: ['ProtocolType', 'RouteSelectionExpression'],
    harmless: { ...HARMLESS_TAGS, Description: 'for people', Name: 'for people', IpAddressType: 'the only address is 127.0.0.1' },
    values: { ProtocolType: ['WEBSOCKET'] },
    ref: apiId,
    attributes: {
      ApiEndpoint: (api) => `wss://${apiId(api)}.execute-api.${api.environment.region}.${api.environment.urlSuffix}`,
      ApiId: apiId,
    },
  },
  'AWS::ApiGatewayV2::Route': {
    honoured: ['ApiId', 'AuthorizationType', 'AuthorizerId', 'RouteKey', 'Target'],
    harmless: { OperationName: 'for people' },
    values: { AuthorizationType: ['NONE', 'AWS_IAM', 'CUSTOM'] },
    ref: partId,
    attributes: { RouteId: partId },
  },
  'AWS::ApiGatewayV2::Authorizer': {
    honoured: ['ApiId', 'AuthorizerType', 'AuthorizerUri', 'IdentitySource'],
    harmless: { Name: 'for people' },
    values: { AuthorizerType: ['REQUEST'] },
    ref: partId,
    attributes: { AuthorizerId: partId },
  },
  'AWS::ApiGatewayV2::Integration': {
    honoured: ['ApiId', 'IntegrationMethod', 'IntegrationType', 'IntegrationUri', 'TimeoutInMillis'],
    harmless: { Description: 'for people', ConnectionType: 'everything is on this machine', PayloadFormatVersion: 'WebSocket APIs have one format' },
    values: { IntegrationType: ['AWS_PROXY'], IntegrationMethod: ['POST'], ConnectionType: ['INTERNET'] },
    ref: partId,
    attributes: { IntegrationId: partId },
  },
  'AWS::ApiGatewayV2::Stage': {
    honoured: ['ApiId', 'AutoDeploy', 'DefaultRouteSettings.ThrottlingBurstLimit', 'DefaultRouteSettings.ThrottlingRateLimit', 'StageName'],
    harmless: {
      ...HARMLESS_TAGS,
      'AccessLogSettings': 'access logs are not written; the trace tells of every connection',
      'DefaultRouteSettings.DataTraceEnabled': 'the trace tells of every message',
      'DefaultRouteSettings.DetailedMetricsEnabled': 'metrics are not collected',
      'DefaultRouteSettings.LoggingLevel': 'the trace tells of every message',
      'Description': 'for people',
    },
    values: { AutoDeploy: [true, 'true'] },
    ref: (stage) => stage.property('StageName') ?? '$default',
  },
};

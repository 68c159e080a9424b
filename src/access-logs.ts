import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IAccessLogSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';

/**
 * What is logged of each connection and message. The query string, headers, claims and bodies are not among it: a token may stand in each.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
const FIELDS: Readonly<Record<string, string>> = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  connectionId: '$context.connectionId',
  eventType: '$context.eventType',
  routeKey: '$context.routeKey',
  status: '$context.status',
  errorResponseType: '$context.error.responseType',
  authorizerStatus: '$context.authorizer.status',
  integrationStatus: '$context.integration.status',
  integrationLatency: '$context.integration.latency',
};

/** Access logs of a stage in a log group, one JSON object a line. */
export function accessLogSettings(logGroup: ILogGroup): IAccessLogSettings {
  return { destination: new LogGroupLogDestination(logGroup), format: apigateway.AccessLogFormat.custom(JSON.stringify(FIELDS)) };
}

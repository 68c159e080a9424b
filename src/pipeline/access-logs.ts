import { Annotations, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IAccessLogSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';

const WARNING_ID = 'cdk-redshift-websocket-query:accessLogs';

/** Stacks that the warning has been added to. */
const WARNED_STACKS = new WeakSet<Stack>();

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

/**
 * Warns that the account and Region of a stack must have a role for the logs of API Gateway; once for each stack, however many constructs need the role.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function warnAboutLoggingRole(scope: IConstruct): void {
  const stack = Stack.of(scope);
  if (WARNED_STACKS.has(stack)) {
    return;
  }
  WARNED_STACKS.add(stack);
  Annotations.of(scope).addWarningV2(
    WARNING_ID,
    'accessLogs is true, and the deployment fails unless the API Gateway settings of the account and Region have a CloudWatch Logs role: '
    + 'set one, such as by apigateway.CfnAccount with a role that has the managed policy service-role/AmazonAPIGatewayPushToCloudWatchLogs, '
    + `and then call Annotations.of(stack).acknowledgeWarning('${WARNING_ID}', 'the account has the role')`,
  );
}

/** Access logs of a stage in a log group, one JSON object a line. */
export function accessLogSettings(logGroup: ILogGroup): IAccessLogSettings {
  return { destination: new LogGroupLogDestination(logGroup), format: apigateway.AccessLogFormat.custom(JSON.stringify(FIELDS)) };
}

import { Annotations, Stack } from 'aws-cdk-lib';
import type { RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IAccessLogSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';

export interface AccessLogsProps {
  readonly retention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly encryptionKey?: kms.IKey;
}

const WARNING_ID = 'cdk-redshift-websocket-query:accessLogs';

/** Stacks that already have the warning. */
const WARNED_STACKS = new WeakSet<Stack>();

/**
 * Logged fields of each connection and message. Query strings, headers, claims and bodies are excluded because each can contain a token.
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

/** Log group with the access logs of a stage, one JSON object per line. */
export class AccessLogs extends logs.LogGroup {
  /** Settings for the stage. */
  public readonly settings: IAccessLogSettings;

  constructor(scope: Construct, id: string, props: AccessLogsProps) {
    super(scope, id, props);
    this.settings = { destination: new LogGroupLogDestination(this), format: apigateway.AccessLogFormat.custom(JSON.stringify(FIELDS)) };
    warnAboutLoggingRole(scope);
  }
}

/**
 * Warns once per stack that the account and Region must have a role for the logs of API Gateway.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
function warnAboutLoggingRole(scope: IConstruct): void {
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

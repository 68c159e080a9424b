import { Annotations, Aws, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';

/*
 * All permissions of a customer managed key. The environment variables of functions need none: Lambda creates a grant for their role at deployment, with
 * the permissions of the deployer. See https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
 */

/** How a function uses an encrypted resource. */
export type KeyUse = 'items' | 'sending' | 'receiving' | 'objects';

interface KeyPermission {
  /** The service that calls KMS on behalf of the role. */
  readonly service: string;
  readonly actions: readonly string[];
}

const KEY_PERMISSIONS: Readonly<Record<KeyUse, KeyPermission>> = {
  /**
   * To read or write an item DynamoDB decrypts the key of the table on behalf of the caller. The other actions on its page are for the creator of
   * the table.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
   */
  items: { service: 'dynamodb', actions: ['kms:Decrypt'] },
  /** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
  sending: { service: 'sqs', actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  receiving: { service: 'sqs', actions: ['kms:Decrypt'] },
  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
  objects: { service: 's3', actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
};

/**
 * Permissions that EventBridge needs to send to an encrypted queue.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const EVENT_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/**
 * Permissions that CloudWatch Logs needs.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
const LOG_ACTIONS = ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'];

/** Throws if the key is in another Region than the stack. */
export function requireSameRegion(scope: IConstruct, key: kms.IKey): void {
  const { region } = Stack.of(scope);
  if (!Token.isUnresolved(key.env.region) && !Token.isUnresolved(region) && key.env.region !== region) {
    throw new Error(`encryptionKey is in ${key.env.region}, but the stack is in ${region}: name a key of ${region}, such as the replica of a multi-Region key`);
  }
}

/**
 * Allows a role to use the key only through the services that it calls. The policy of the key must delegate to IAM or allow the same.
 */
export function grantKeyUse(role: iam.IRole, key: kms.IKey, ...uses: readonly KeyUse[]): void {
  const { region, urlSuffix } = Stack.of(role);
  for (const service of new Set(uses.map((use) => KEY_PERMISSIONS[use].service))) {
    const actions = uses.map((use) => KEY_PERMISSIONS[use])
      .filter((permission) => permission.service === service)
      .flatMap((permission) => permission.actions);
    role.addToPrincipalPolicy(new iam.PolicyStatement({
      actions: [...new Set(actions)],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${region}.${urlSuffix}` } },
    }));
  }
}

/** Allows CloudWatch Logs and EventBridge to use the key for the stack of a construct. Warns if the policy of the key isn't in the app. */
export function letServicesUse(scope: IConstruct, key: kms.IKey): void {
  const added = [logsStatement(scope, key), eventsStatement(scope)].map((statement) => key.addToResourcePolicy(statement, true).statementAdded);
  if (!added.every(Boolean)) {
    Annotations.of(scope).addWarningV2(
      'cdk-redshift-websocket-query:keyPolicy',
      'the policy of encryptionKey is not in this app: see to it that it lets CloudWatch Logs and EventBridge use the key, as docs/encryption-and-networks.md shows, or give a key of the app',
    );
  }
}

/** By the stack name, with which the names of log groups begin: the groups depend on the key, so the key can't depend on the groups. */
function logsStatement(scope: IConstruct, key: kms.IKey): iam.PolicyStatement {
  const stack = Stack.of(scope);
  const logGroups = stack.formatArn({ service: 'logs', resource: `log-group:${stackNameIn(Stack.of(key), stack)}*` });
  return new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
    actions: LOG_ACTIONS,
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  });
}

function stackNameIn(keyStack: Stack, stack: Stack): string {
  if (keyStack === stack) {
    return `${Aws.STACK_NAME}-`;
  }
  return Token.isUnresolved(stack.stackName) ? '' : `${stack.stackName}-`;
}

/**
 * For all rules of the account and Region, because the rule depends on its queue, and the queue on the key. The policy of the queue names the rule.
 */
function eventsStatement(scope: IConstruct): iam.PolicyStatement {
  const stack = Stack.of(scope);
  return new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('events.amazonaws.com')],
    actions: EVENT_ACTIONS,
    resources: ['*'],
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'events', resource: 'rule', resourceName: '*' }) },
    },
  });
}

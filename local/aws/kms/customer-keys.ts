import type { AccessRequest } from '../iam/access-request';
import type { Resource, Stack } from '../template/stack';
import type { StackEnvironment } from '../template/template';

/** Customer managed KMS keys of tables, queues and buckets, by the ARN of the resource. */
export type CustomerKeys = ReadonlyMap<string, string>;

/**
 * Permissions for the key that an action on an encrypted resource requires.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
const KEY_ACTIONS: readonly (readonly [action: RegExp, keyActions: readonly string[]])[] = [
  [/^dynamodb:(?:\w+Item|Query|Scan)$/, ['kms:Decrypt']],
  [/^sqs:SendMessage$/, ['kms:GenerateDataKey', 'kms:Decrypt']],
  [/^sqs:ReceiveMessage$/, ['kms:Decrypt']],
  [/^s3:PutObject$/, ['kms:GenerateDataKey']],
  [/^s3:GetObject$/, ['kms:Decrypt']],
];

/** Reads the customer managed keys of the stack. */
export function readCustomerKeys(stack: Stack): CustomerKeys {
  const keys = [
    ...stack.plan('AWS::DynamoDB::Table', (table) => keyOf(table, table.properties.object('SSESpecification').optionalString('KMSMasterKeyId'))),
    ...stack.plan('AWS::SQS::Queue', (queue) => keyOf(queue, queue.properties.optionalString('KmsMasterKeyId'))),
    ...stack.plan('AWS::S3::Bucket', (bucket) => keyOf(bucket, bucketKey(bucket))),
  ];
  return new Map(keys.flat());
}

/** Returns the requests for a key that a request requires. */
export function keyRequests(request: AccessRequest, keys: CustomerKeys, environment: StackEnvironment): AccessRequest[] {
  const { principal, action, resource, context = {} } = request;
  const key = keys.get(encrypted(resource));
  const keyActions = KEY_ACTIONS.find(([pattern]) => pattern.test(action))?.[1] ?? [];
  if (key === undefined) {
    return [];
  }
  const viaService = `${action.split(':')[0]}.${environment.region}.${environment.urlSuffix}`;
  return keyActions.map((keyAction) => ({
    principal,
    action: keyAction,
    resource: key,
    context: { ...context, 'kms:ViaService': viaService, 'aws:ViaAWSService': 'true' },
  }));
}

/** Objects use the key of their bucket, and indexes the key of their table. */
function encrypted(resource: string): string {
  return /^arn:[^:]+:s3:::/.test(resource) ? resource.split('/')[0] : resource.replace(/\/index\/.*$/, '');
}

function keyOf({ attribute }: Resource, key: string | undefined): [string, string][] {
  return key === undefined ? [] : [[attribute('Arn'), key]];
}

function bucketKey({ properties }: Resource): string | undefined {
  const [rule] = properties.object('BucketEncryption').objects('ServerSideEncryptionConfiguration');
  return rule?.object('ServerSideEncryptionByDefault').optionalString('KMSMasterKeyID');
}

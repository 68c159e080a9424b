import type { AccessRequest } from '../iam/access-request';
import type { Resource, Stack } from '../template/stack';
import type { StackEnvironment } from '../template/template';

/** The KMS keys of the customer's that the template puts on tables, queues and buckets, by the ARN of what they encrypt. */
export type CustomerKeys = ReadonlyMap<string, string>;

/**
 * What whoever does something with an encrypted resource must be allowed to do with its key, by way of the service that it calls; anything else needs nothing.
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

/** Reads which keys encrypt what. */
export function readCustomerKeys(stack: Stack): CustomerKeys {
  const keys = [
    ...stack.plan('AWS::DynamoDB::Table', (table) => keyOf(table, table.properties.object('SSESpecification').optionalText('KMSMasterKeyId'))),
    ...stack.plan('AWS::SQS::Queue', (queue) => keyOf(queue, queue.properties.optionalText('KmsMasterKeyId'))),
    ...stack.plan('AWS::S3::Bucket', (bucket) => keyOf(bucket, bucketKey(bucket))),
  ];
  return new Map(keys.flat());
}

/** What a request needs of a key beside what it says itself. */
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

/** An object and an index are under the key of their bucket and their table. */
function encrypted(resource: string): string {
  return /^arn:[^:]+:s3:::/.test(resource) ? resource.split('/')[0] : resource.replace(/\/index\/.*$/, '');
}

function keyOf({ attribute }: Resource, key: string | undefined): [string, string][] {
  return key === undefined ? [] : [[attribute('Arn'), key]];
}

function bucketKey({ properties }: Resource): string | undefined {
  const [rule] = properties.object('BucketEncryption').objects('ServerSideEncryptionConfiguration');
  return rule?.object('ServerSideEncryptionByDefault').optionalText('KMSMasterKeyID');
}

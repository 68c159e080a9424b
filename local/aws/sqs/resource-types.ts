import { arn, IGNORED_TAGS, named } from '../template/resource-type';
import type { ResourceIdentity, ResourceTypes } from '../template/resource-type';

const ENCRYPTION = 'messages are stored in memory';
const queueName = named('QueueName');

function queueUrl(queue: ResourceIdentity): string {
  const { region, urlSuffix, accountId } = queue.environment;
  return `https://sqs.${region}.${urlSuffix}/${accountId}/${queueName(queue)}`;
}

/** The resource types of Amazon SQS. */
export const SQS_TYPES: ResourceTypes = {
  'AWS::SQS::Queue': {
    supported: ['DelaySeconds', 'MaximumMessageSize', 'MessageRetentionPeriod', 'QueueName', 'RedrivePolicy.deadLetterTargetArn',
      'RedrivePolicy.maxReceiveCount', 'VisibilityTimeout'],
    ignored: {
      ...IGNORED_TAGS,
      KmsDataKeyReusePeriodSeconds: ENCRYPTION,
      KmsMasterKeyId: ENCRYPTION,
      ReceiveMessageWaitTimeSeconds: 'receivers are notified immediately',
      RedriveAllowPolicy: 'all redrive policies are in the template',
      SqsManagedSseEnabled: ENCRYPTION,
    },
    ref: queueUrl,
    attributes: { Arn: (queue) => arn(queue, 'sqs', queueName(queue)), QueueName: queueName, QueueUrl: queueUrl },
  },
  'AWS::SQS::QueuePolicy': {
    supported: ['PolicyDocument', 'Queues'],
    ignored: {},
    ref: ({ generatedName }) => generatedName,
  },
};

import { arn, HARMLESS_TAGS, named } from '../template/resource-type';
import type { ResourceIdentity, ResourceTypes } from '../template/resource-type';

const ENCRYPTION = 'messages stay in the memory of one process';
const queueName = named('QueueName');

function queueUrl(queue: ResourceIdentity): string {
  const { region, urlSuffix, accountId } = queue.environment;
  return `https://sqs.${region}.${urlSuffix}/${accountId}/${queueName(queue)}`;
}

/** The resource types of Amazon SQS. */
export const SQS_TYPES: ResourceTypes = {
  'AWS::SQS::Queue': {
    honoured: ['DelaySeconds', 'MaximumMessageSize', 'MessageRetentionPeriod', 'QueueName', 'RedrivePolicy.deadLetterTargetArn',
      'RedrivePolicy.maxReceiveCount', 'VisibilityTimeout'],
    harmless: {
      ...HARMLESS_TAGS,
      KmsDataKeyReusePeriodSeconds: ENCRYPTION,
      KmsMasterKeyId: ENCRYPTION,
      ReceiveMessageWaitTimeSeconds: 'receivers are told at once when a message arrives',
      RedriveAllowPolicy: 'the redrive policies are all in the same template',
      SqsManagedSseEnabled: ENCRYPTION,
    },
    ref: queueUrl,
    attributes: { Arn: (queue) => arn(queue, 'sqs', queueName(queue)), QueueName: queueName, QueueUrl: queueUrl },
  },
  'AWS::SQS::QueuePolicy': {
    honoured: ['PolicyDocument', 'Queues'],
    harmless: {},
    ref: ({ generatedName }) => generatedName,
  },
};

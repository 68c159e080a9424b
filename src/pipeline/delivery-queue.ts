import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface DeliveryQueueProps {
  readonly encryptionKey?: kms.IKey;
}

/**
 * Highest receive count that SQS accepts. SQS also counts receives of batches that Lambda throttles, so the count must not limit retries: SendMessage
 * counts failures and moves a job to the dead-letter queue itself.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
const MAX_RECEIVE_COUNT = 1000;

/**
 * Timeout of SendMessage for one batch. A longer result continues in the next invocation, so this limits only how long a crash remains undetected.
 */
export const SEND_MESSAGE_TIMEOUT = Duration.seconds(60);

/**
 * AWS recommends six times the timeout of the function: Lambda then retries a throttled batch without receiving it again.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const VISIBILITY_TIMEOUT = Duration.seconds(6 * SEND_MESSAGE_TIMEOUT.toSeconds());

/** Queue between the rule and SendMessage, and its dead-letter queue. */
export class DeliveryQueue extends Construct {
  public readonly queue: sqs.Queue;
  public readonly deadLetterQueue: sqs.Queue;

  constructor(scope: Construct, id: string, { encryptionKey }: DeliveryQueueProps) {
    super(scope, id);
    const encryption = {
      encryption: encryptionKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
      encryptionMasterKey: encryptionKey,
      enforceSSL: true,
    };
    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetters', { ...encryption, retentionPeriod: Duration.days(14) });
    this.queue = new sqs.Queue(this, 'Queue', {
      ...encryption,
      visibilityTimeout: VISIBILITY_TIMEOUT,
      retentionPeriod: Duration.days(2),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
  }
}

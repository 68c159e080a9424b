import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/**
 * SQS counts invocations that Lambda throttles as receives too, so the receive count must not bound retries: SendMessage counts failures, and adds a job that
 * failed too often to the dead-letter queue. This is the highest value that SQS accepts.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
const MAX_RECEIVES = 1000;

/**
 * The time of SendMessage for one batch. A result that takes longer goes on in the next, so it only bounds how long a crash goes unnoticed.
 */
export const SEND_MESSAGE_TIMEOUT = Duration.seconds(60);

/**
 * AWS recommends six times the timeout of the function: Lambda then retries a throttled batch without receiving it again.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const VISIBILITY_TIMEOUT = Duration.seconds(6 * SEND_MESSAGE_TIMEOUT.toSeconds());

/** The queue between the rule and SendMessage, and the dead-letter queue of SendMessage. */
export class DeliveryQueue extends Construct {
  public readonly queue: sqs.Queue;
  public readonly deadLetterQueue: sqs.Queue;

  constructor(scope: Construct, id: string, encryptionMasterKey?: kms.IKey) {
    super(scope, id);
    const encryption = encryptionMasterKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED;
    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetters', {
      encryption,
      encryptionMasterKey,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new sqs.Queue(this, 'Queue', {
      encryption,
      encryptionMasterKey,
      enforceSSL: true,
      visibilityTimeout: VISIBILITY_TIMEOUT,
      retentionPeriod: Duration.days(2),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVES },
    });
  }
}

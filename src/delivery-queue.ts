import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** How often SendMessage may fail at a message before it is put aside. */
export const MAXIMUM_RECEIVES = 5;

/**
 * The time of SendMessage for one batch. A result that takes longer goes on in the next, so it only bounds how long a crash goes unnoticed.
 */
export const SEND_MESSAGE_TIMEOUT = Duration.seconds(60);

/** Lambda asks for a visibility timeout of at least the function's own; the rest is for the event source mapping. */
const VISIBILITY_TIMEOUT = Duration.seconds(90);

/** The queue between the rule and SendMessage, and where it puts aside what fails. */
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
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAXIMUM_RECEIVES },
    });
  }
}

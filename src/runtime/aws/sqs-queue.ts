import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { call } from './client';
import type { Job } from '../jobs';
import type { Queue } from '../ports';

/** The delivery queue in SQS. */
export class SqsQueue implements Queue {
  constructor(private readonly client: SQSClient, private readonly queueUrl: string) {}

  public async send(job: Job, delaySeconds = 0): Promise<void> {
    await call(() => this.client.send(new SendMessageCommand({
      QueueUrl: this.queueUrl,
      MessageBody: JSON.stringify(job),
      DelaySeconds: delaySeconds,
    })));
  }
}

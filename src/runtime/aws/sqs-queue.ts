import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { call } from './clients/call';
import { ServiceBusyError } from '../model/errors';
import type { DelayedJob, Job } from '../model/jobs';
import type { DeadLetters, Queue } from '../model/ports';

/** Maximum number of messages in one call to SQS. */
const MAX_BATCH_SIZE = 10;

/** Maximum number of concurrent calls. */
const CALLS_AT_ONCE = 10;

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

  public async sendAll(jobs: readonly DelayedJob[]): Promise<void> {
    for (const batches of splitIntoGroups(splitIntoGroups(jobs, MAX_BATCH_SIZE), CALLS_AT_ONCE)) {
      const failures = await Promise.all(batches.map(async (batch) => this.sendBatch(batch)));
      throwFirst(failures.flat());
    }
  }

  /** Returns errors instead of throwing, so that the caller waits for the other calls. */
  private async sendBatch(jobs: readonly DelayedJob[]): Promise<unknown[]> {
    try {
      const { Failed = [] } = await call(() => this.client.send(new SendMessageBatchCommand({
        QueueUrl: this.queueUrl,
        Entries: jobs.map(({ job, delaySeconds }, index) => ({ Id: String(index), MessageBody: JSON.stringify(job), DelaySeconds: delaySeconds })),
      })));
      return Failed.length === 0 ? [] : [new ServiceBusyError(`SQS rejected ${Failed.length} of ${jobs.length} messages: ${Failed[0].Code}`)];
    } catch (error) {
      return [error];
    }
  }
}

/** The dead-letter queue in SQS. SendMessage sends messages to it, because the receive count doesn't indicate failures. */
export class SqsDeadLetters implements DeadLetters {
  constructor(private readonly client: SQSClient, private readonly queueUrl: string) {}

  public async add(message: string): Promise<void> {
    await call(() => this.client.send(new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: message })));
  }
}

function throwFirst(errors: readonly unknown[]): void {
  if (errors.length > 0) {
    throw errors[0];
  }
}

function splitIntoGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, group) => items.slice(group * size, (group + 1) * size));
}

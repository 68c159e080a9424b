import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { MappingPlan, POLLING_ACTIONS } from './mapping-plan';
import type { Queue, ReceivedMessage } from './queue';
import type { Authorize } from '../api-endpoint';
import type { Invoke } from '../lambda/invocation';
import type { Telemetry } from '../telemetry';

/** Polls a queue and invokes a function. */
export class EventSourceMapping {
  private readonly batch: ReceivedMessage[] = [];
  private windowTimer?: NodeJS.Timeout;
  private running = 0;
  private closed = false;

  constructor(
    private readonly plan: MappingPlan,
    private readonly queue: Queue,
    private readonly invoke: Invoke,
    private readonly region: string,
    private readonly authorize: Authorize,
    private readonly telemetry: Telemetry,
  ) {
    this.use('sqs:GetQueueAttributes');
    queue.onVisible(() => this.poll());
  }

  public close(): void {
    this.closed = true;
    clearTimeout(this.windowTimer);
  }

  private poll(): void {
    while (!this.closed && this.running < this.plan.maxConcurrency) {
      const received = this.queue.receive(this.plan.batchSize - this.batch.length);
      if (received.length === 0) {
        return;
      }
      this.use('sqs:ReceiveMessage');
      this.batch.push(...received);
      if (this.plan.windowSeconds === 0 || this.batch.length === this.plan.batchSize) {
        this.flush();
      } else {
        this.windowTimer ??= setTimeout(() => this.flush(), this.plan.windowSeconds * 1000);
      }
    }
  }

  private flush(): void {
    clearTimeout(this.windowTimer);
    this.windowTimer = undefined;
    const messages = this.batch.splice(0);
    this.running += 1;
    this.deliver(messages)
      .catch((error: Error) => this.telemetry.log(`${this.plan.functionLogicalId}: failed to process a batch: ${error.message}`))
      .finally(() => {
        this.running -= 1;
        this.poll();
      });
  }

  private async deliver(messages: readonly ReceivedMessage[]): Promise<void> {
    const event: SQSEvent = { Records: messages.map((message) => this.record(message)) };
    const result = await this.invoke(this.plan.functionArn, event);
    if (result.error !== undefined || this.closed) {
      return;
    }
    const failed = this.plan.reportsItemFailures ? failedItems(result.payload, messages) : new Set<string>();
    messages.filter(({ messageId }) => !failed.has(messageId)).forEach(({ receiptHandle }) => {
      this.use('sqs:DeleteMessage');
      this.queue.delete(receiptHandle);
    });
  }

  /** Traces a permission that the start has already checked. */
  private use(action: typeof POLLING_ACTIONS[number]): void {
    const { principal, queueArn } = this.plan;
    void this.authorize({ principal, action, resource: queueArn });
  }

  private record({ messageId, receiptHandle, body, md5, senderId, sentAt, firstReceivedAt, receiveCount }: ReceivedMessage): SQSRecord {
    return {
      messageId,
      receiptHandle,
      body,
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: String(sentAt),
        SenderId: senderId,
        ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
      },
      messageAttributes: {},
      md5OfBody: md5,
      eventSource: 'aws:sqs',
      eventSourceARN: this.plan.queueArn,
      awsRegion: this.region,
    };
  }
}

/** Returns the IDs of the failed messages. If the response is invalid, all messages failed. */
function failedItems(payload: string, messages: readonly ReceivedMessage[]): ReadonlySet<string> {
  const all = new Set(messages.map(({ messageId }) => messageId));
  const response = JSON.parse(payload) as { batchItemFailures?: unknown } | null;
  if (response === null || response.batchItemFailures === undefined || response.batchItemFailures === null) {
    return new Set();
  }
  if (!Array.isArray(response.batchItemFailures)) {
    return all;
  }
  const failed = response.batchItemFailures.map((item: { itemIdentifier?: string } | null) => item?.itemIdentifier ?? '');
  return failed.every((messageId) => all.has(messageId)) ? new Set(failed) : all;
}

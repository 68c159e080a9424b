import { Queue } from './queue';
import type { QueueDepth } from './queue';
import type { QueuePlan } from './queue-plan';
import type { Telemetry } from '../telemetry';

/** A message in a dead-letter queue. */
export interface DeadLetter {
  readonly queue: string;
  readonly messageId: string;
  readonly body: string;
  readonly receiveCount: number;
}

/** The queues of the stack. */
export class Queues {
  private readonly queues: readonly Queue[];

  constructor(plans: readonly QueuePlan[], telemetry: Telemetry) {
    this.queues = plans.map((plan) => new Queue(plan, telemetry));
    for (const queue of this.queues) {
      const deadLetterArn = queue.plan.redrive?.deadLetterArn;
      if (deadLetterArn !== undefined) {
        queue.redriveTo(this.byArn(deadLetterArn));
      }
    }
  }

  public byArn(arn: string): Queue {
    const queue = this.find(arn);
    if (queue === undefined) {
      throw new Error(`the queue ${arn} isn't in the template`);
    }
    return queue;
  }

  /** Finds a queue by ARN. */
  public find(arn: string): Queue | undefined {
    return this.queues.find(({ plan }) => plan.arn === arn);
  }

  /** Whether a queue is a dead-letter queue. */
  public isDeadLetterQueue({ plan }: Queue): boolean {
    return this.queues.some((queue) => queue.plan.redrive?.deadLetterArn === plan.arn);
  }

  /** Finds a queue by URL. */
  public byUrl(url: string): Queue | undefined {
    const name = url.split('/').pop();
    return this.queues.find(({ plan }) => plan.name === name);
  }

  public depths(): Record<string, QueueDepth> {
    return Object.fromEntries(this.queues.map((queue) => [queue.plan.logicalId, queue.depth()]));
  }

  public deadLetters(): DeadLetter[] {
    return this.queues.filter((queue) => this.isDeadLetterQueue(queue))
      .flatMap((queue) => queue.peek().map((message) => ({ queue: queue.plan.logicalId, ...message })));
  }

  /** Advances the clock of all queues. */
  public advance(seconds: number): void {
    this.queues.forEach((queue) => queue.advance(seconds));
  }

  public close(): void {
    this.queues.forEach((queue) => queue.close());
  }
}

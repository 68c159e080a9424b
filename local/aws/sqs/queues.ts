import { Queue } from './queue';
import type { QueueDepth } from './queue';
import type { QueuePlan } from './queue-plan';
import type { Telemetry } from '../telemetry';

/** A message that was received too often. */
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
    const queue = this.queues.find(({ plan }) => plan.arn === arn);
    if (queue === undefined) {
      throw new Error(`the queue ${arn} is not in the template`);
    }
    return queue;
  }

  /** The queue of an address such as http://host/account/name; undefined when there is none. */
  public byUrl(url: string): Queue | undefined {
    const name = url.split('/').pop();
    return this.queues.find(({ plan }) => plan.name === name);
  }

  public depths(): Record<string, QueueDepth> {
    return Object.fromEntries(this.queues.map((queue) => [queue.plan.logicalId, queue.depth()]));
  }

  public deadLetters(): DeadLetter[] {
    const arns = new Set(this.queues.map(({ plan }) => plan.redrive?.deadLetterArn));
    return this.queues.filter(({ plan }) => arns.has(plan.arn))
      .flatMap((queue) => queue.peek().map((message) => ({ queue: queue.plan.logicalId, ...message })));
  }

  public close(): void {
    this.queues.forEach((queue) => queue.close());
  }
}

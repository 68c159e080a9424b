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
    const queue = this.find(arn);
    if (queue === undefined) {
      throw new Error(`the queue ${arn} is not in the template`);
    }
    return queue;
  }

  /** The queue of an ARN; undefined when there is none. */
  public find(arn: string): Queue | undefined {
    return this.queues.find(({ plan }) => plan.arn === arn);
  }

  /** Whether some queue moves what was received too often to this one. */
  public takesDeadLetters({ plan }: Queue): boolean {
    return this.queues.some((queue) => queue.plan.redrive?.deadLetterArn === plan.arn);
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
    return this.queues.filter((queue) => this.takesDeadLetters(queue))
      .flatMap((queue) => queue.peek().map((message) => ({ queue: queue.plan.logicalId, ...message })));
  }

  /** Lets time pass for the hidden messages of all queues. */
  public advance(seconds: number): void {
    this.queues.forEach((queue) => queue.advance(seconds));
  }

  public close(): void {
    this.queues.forEach((queue) => queue.close());
  }
}

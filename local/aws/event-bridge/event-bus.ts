import { randomUUID } from 'node:crypto';
import type { RulePlan } from './rule-plan';
import type { Queues } from '../sqs/queues';
import type { Telemetry } from '../telemetry';
import type { StackEnvironment } from '../template/template';

/** An event of an AWS service. */
export interface EventBridgeEvent {
  readonly 'source': string;
  readonly 'detail-type': string;
  readonly 'detail': object;
  readonly 'resources': readonly string[];
}

/** Probabilities of faults between the event bus and a queue. */
export interface EventDeliveryFaults {
  readonly duplicate?: number;
  readonly lose?: number;
  /** Delays events by `milliseconds`, or by a random duration between `atLeast` and `milliseconds`. */
  readonly delay?: { readonly probability: number; readonly milliseconds: number; readonly atLeast?: number };
  /** Returns random numbers from 0 to 1. A seeded generator makes the faults reproducible. */
  readonly random?: () => number;
}

/** The default event bus. */
export class EventBus {
  private readonly delayed = new Map<NodeJS.Timeout, () => void>();

  constructor(
    private readonly rules: readonly RulePlan[],
    private readonly queues: Queues,
    private readonly environment: StackEnvironment,
    private readonly telemetry: Telemetry,
    private readonly faults: EventDeliveryFaults = {},
  ) {}

  public readonly put = (event: EventBridgeEvent): void => {
    const { accountId, region } = this.environment;
    const complete = {
      'version': '0',
      'id': randomUUID(),
      'detail-type': event['detail-type'],
      'source': event.source,
      'account': accountId,
      'time': `${new Date().toISOString().slice(0, 19)}Z`,
      'region': region,
      'resources': event.resources,
      'detail': event.detail,
    };
    for (const rule of this.rules.filter(({ matches }) => matches(complete))) {
      rule.queueArns.forEach((arn) => this.deliver(rule.logicalId, arn, complete));
    }
  };

  /** Number of delayed events that are not delivered yet. */
  public get pendingEvents(): number {
    return this.delayed.size;
  }

  /** Delivers all delayed events now. */
  public deliverDelayed(): void {
    const deliveries = [...this.delayed.values()];
    this.close();
    deliveries.forEach((send) => send());
  }

  public close(): void {
    [...this.delayed.keys()].forEach((timer) => clearTimeout(timer));
    this.delayed.clear();
  }

  private deliver(rule: string, queueArn: string, event: EventBridgeEvent): void {
    const queue = this.queues.byArn(queueArn);
    const send = () => { queue.send(JSON.stringify(event), { senderId: 'events.amazonaws.com' }); };
    const { lose = 0, duplicate = 0, delay } = this.faults;
    const random = this.faults.random ?? Math.random;
    const occurs = (probability: number) => probability > 0 && random() < probability;
    const trace = (outcome: 'delivered' | 'duplicated' | 'delayed' | 'lost') => {
      this.telemetry.trace({ kind: 'event', rule, detailType: event['detail-type'], queue: queue.plan.logicalId, outcome });
    };
    if (occurs(lose)) {
      trace('lost');
      return;
    }
    const copies = occurs(duplicate) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (delay !== undefined && occurs(delay.probability)) {
        trace('delayed');
        const { milliseconds, atLeast = milliseconds } = delay;
        this.later(send, atLeast + (atLeast < milliseconds ? random() * (milliseconds - atLeast) : 0));
      } else {
        trace(copy === 0 ? 'delivered' : 'duplicated');
        send();
      }
    }
  }

  private later(send: () => void, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.delayed.delete(timer);
      send();
    }, milliseconds);
    this.delayed.set(timer, send);
  }
}

import { createHash, randomUUID } from 'node:crypto';
import type { QueuePlan } from './queue-plan';
import type { Telemetry } from '../telemetry';

/** A message that a receiver holds until its visibility timeout. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5: string;
  readonly senderId: string;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
}

/** How many messages can be received now, wait for their delay, and are held by a receiver. */
export interface QueueDepth {
  readonly visible: number;
  readonly delayed: number;
  readonly inFlight: number;
}

interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly senderId: string;
  readonly sentAt: number;
  visibleAt: number;
  receiptHandle?: string;
  firstReceivedAt?: number;
  receiveCount: number;
}

/** A standard queue of SQS, in memory. */
export class Queue {
  private messages: StoredMessage[] = [];
  private readonly listeners: (() => void)[] = [];
  private timer?: NodeJS.Timeout;
  private deadLetterQueue?: Queue;

  constructor(public readonly plan: QueuePlan, private readonly telemetry: Telemetry) {}

  /** Names the queue for what was received too often. */
  public redriveTo(queue: Queue): void {
    this.deadLetterQueue = queue;
  }

  /** Calls back whenever a message may have become visible. */
  public onVisible(listener: () => void): void {
    this.listeners.push(listener);
  }

  public send(body: string, { delaySeconds = this.plan.delaySeconds, senderId = 'local' } = {}): { messageId: string; md5: string } {
    const messageId = randomUUID();
    const now = Date.now();
    this.messages.push({ messageId, body, senderId, sentAt: now, visibleAt: now + delaySeconds * 1000, receiveCount: 0 });
    this.trace('send', messageId);
    this.wake();
    return { messageId, md5: md5(body) };
  }

  /** Hands out visible messages, and moves those away that were received too often. */
  public receive(maximum: number): ReceivedMessage[] {
    this.expire();
    const now = Date.now();
    const received: ReceivedMessage[] = [];
    for (const message of this.messages.filter(({ visibleAt }) => visibleAt <= now)) {
      if (received.length === maximum) {
        break;
      }
      if (message.receiveCount >= (this.plan.redrive?.maximumReceives ?? Infinity)) {
        this.moveToDeadLetters(message);
      } else {
        received.push(this.hold(message, now));
      }
    }
    this.wake();
    return received;
  }

  /** Removes a message that its receiver has done with; an outdated receipt removes nothing. */
  public delete(receiptHandle: string): void {
    const message = this.messages.find((candidate) => candidate.receiptHandle === receiptHandle);
    if (message !== undefined) {
      this.messages = this.messages.filter((other) => other !== message);
      this.trace('delete', message.messageId);
    }
  }

  public depth(): QueueDepth {
    this.expire();
    const now = Date.now();
    const hidden = this.messages.filter(({ visibleAt }) => visibleAt > now);
    const inFlight = hidden.filter(({ receiptHandle }) => receiptHandle !== undefined).length;
    return { visible: this.messages.length - hidden.length, delayed: hidden.length - inFlight, inFlight };
  }

  /** What is in the queue, without receiving it. */
  public peek(): { readonly messageId: string; readonly body: string; readonly receiveCount: number }[] {
    this.expire();
    return this.messages.map(({ messageId, body, receiveCount }) => ({ messageId, body, receiveCount }));
  }

  public close(): void {
    clearTimeout(this.timer);
    this.listeners.length = 0;
    this.messages = [];
  }

  private hold(message: StoredMessage, now: number): ReceivedMessage {
    message.receiveCount += 1;
    message.firstReceivedAt ??= now;
    message.receiptHandle = randomUUID();
    message.visibleAt = now + this.plan.visibilitySeconds * 1000;
    this.trace('receive', message.messageId);
    const { messageId, receiptHandle, body, senderId, sentAt, firstReceivedAt, receiveCount } = message;
    return { messageId, receiptHandle, body, md5: md5(body), senderId, sentAt, firstReceivedAt, receiveCount };
  }

  private moveToDeadLetters(message: StoredMessage): void {
    this.messages = this.messages.filter((other) => other !== message);
    this.trace('dead-letter', message.messageId);
    this.telemetry.log(`${this.plan.logicalId}: message ${message.messageId} was received ${message.receiveCount} times and is now a dead letter in ${this.deadLetterQueue?.plan.logicalId}`);
    this.deadLetterQueue?.accept(message);
  }

  private accept(message: StoredMessage): void {
    this.messages.push({ ...message, visibleAt: Date.now(), receiptHandle: undefined });
    this.wake();
  }

  private expire(): void {
    const oldest = Date.now() - this.plan.retentionSeconds * 1000;
    this.messages = this.messages.filter(({ sentAt }) => sentAt > oldest);
  }

  /** Tells the listeners now if something is visible, and again when the next message becomes visible. */
  private wake(): void {
    clearTimeout(this.timer);
    if (this.listeners.length === 0 || this.messages.length === 0) {
      return;
    }
    const next = Math.min(...this.messages.map(({ visibleAt }) => visibleAt));
    this.timer = setTimeout(() => this.listeners.forEach((listener) => listener()), Math.max(0, next - Date.now()));
  }

  private trace(action: 'send' | 'receive' | 'delete' | 'dead-letter', messageId: string): void {
    this.telemetry.trace({ kind: 'queue', action, queue: this.plan.logicalId, messageId });
  }
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

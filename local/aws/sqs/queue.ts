import { createHash, randomUUID } from 'node:crypto';
import type { QueuePlan } from './queue-plan';
import type { Telemetry } from '../telemetry';

/** A received message. */
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

/** Number of messages in a queue. */
export interface QueueDepth {
  readonly visible: number;
  readonly delayed: number;
  readonly inFlight: number;
}

/** A message in a queue. */
export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly senderId: string;
  readonly sentAt: number;
  /** ARN of the source queue of a dead letter. */
  readonly deadLetterSource?: string;
  receiptHandle?: string;
  firstReceivedAt?: number;
  receiveCount: number;
  /** Time at which the message becomes visible. */
  visibleAt?: number;
  /** Timer of the delay or the visibility timeout. */
  timer?: NodeJS.Timeout;
}

/** A standard queue. */
export class Queue {
  private readonly messages = new Set<StoredMessage>();
  private readonly visible = new Set<StoredMessage>();
  private readonly byReceiptHandle = new Map<string, StoredMessage>();
  private readonly listeners: (() => void)[] = [];
  private waking?: NodeJS.Immediate;
  private deadLetterQueue?: Queue;
  private closed = false;

  constructor(public readonly plan: QueuePlan, private readonly telemetry: Telemetry) {}

  /** Sets the dead-letter queue. */
  public redriveTo(queue: Queue): void {
    this.deadLetterQueue = queue;
  }

  /** Calls the listener when messages become visible. */
  public onVisible(listener: () => void): void {
    this.listeners.push(listener);
  }

  public send(body: string, { delaySeconds = this.plan.delaySeconds, senderId = 'local' } = {}): { messageId: string; md5: string } {
    const messageId = randomUUID();
    const now = Date.now();
    this.trace('send', messageId);
    this.add({ messageId, body, senderId, sentAt: now, receiveCount: 0 }, now + delaySeconds * 1000);
    return { messageId, md5: md5(body) };
  }

  /** Receives visible messages. Moves messages that exceed the maximum receive count to the dead-letter queue. */
  public receive(maxMessages: number): ReceivedMessage[] {
    const received: StoredMessage[] = [];
    for (const message of this.visible) {
      if (received.length === maxMessages) {
        break;
      }
      if (this.isExpired(message)) {
        this.remove(message);
      } else if (message.receiveCount >= (this.plan.redrive?.maxReceives ?? Infinity)) {
        this.moveToDeadLetters(message);
      } else {
        received.push(message);
      }
    }
    return received.map((message) => this.hold(message));
  }

  /** Deletes a message. An outdated receipt handle has no effect. */
  public delete(receiptHandle: string): void {
    const message = this.byReceiptHandle.get(receiptHandle);
    if (message !== undefined) {
      this.remove(message);
      this.trace('delete', message.messageId);
    }
  }

  /** Sends visible messages to other queues, up to a message without a destination. Returns the number of messages. */
  public redrive(destinationOf: (message: StoredMessage) => Queue | undefined): number {
    this.expire();
    let moved = 0;
    for (const message of this.visible) {
      const destination = destinationOf(message);
      if (destination === undefined) {
        break;
      }
      this.remove(message);
      this.trace('redrive', message.messageId);
      destination.send(message.body, { senderId: message.senderId });
      moved += 1;
    }
    return moved;
  }

  public depth(): QueueDepth {
    this.expire();
    const visible = this.visible.size;
    const inFlight = [...this.messages].filter((message) => message.receiptHandle !== undefined && !this.visible.has(message)).length;
    return { visible, delayed: this.messages.size - visible - inFlight, inFlight };
  }

  /** Returns all messages without receiving them. */
  public peek(): { readonly messageId: string; readonly body: string; readonly receiveCount: number }[] {
    this.expire();
    return [...this.messages].map(({ messageId, body, receiveCount }) => ({ messageId, body, receiveCount }));
  }

  /** Advances the clock, so that delays and visibility timeouts end earlier. */
  public advance(seconds: number): void {
    for (const message of this.messages) {
      if (!this.visible.has(message)) {
        this.hideUntil(message, message.visibleAt! - seconds * 1000);
      }
    }
  }

  public close(): void {
    this.closed = true;
    clearImmediate(this.waking);
    this.listeners.length = 0;
    this.messages.forEach((message) => this.remove(message));
  }

  private add(message: StoredMessage, visibleAt: number): void {
    if (!this.closed) {
      this.messages.add(message);
      this.hideUntil(message, visibleAt);
    }
  }

  private remove(message: StoredMessage): void {
    clearTimeout(message.timer);
    this.messages.delete(message);
    this.visible.delete(message);
    this.byReceiptHandle.delete(message.receiptHandle ?? '');
  }

  private hideUntil(message: StoredMessage, time: number): void {
    const milliseconds = time - Date.now();
    clearTimeout(message.timer);
    message.visibleAt = time;
    if (milliseconds <= 0) {
      this.visible.add(message);
      this.wake();
    } else {
      this.visible.delete(message);
      // Timers can fire one millisecond early.
      message.timer = setTimeout(() => this.hideUntil(message, time), milliseconds);
    }
  }

  private hold(message: StoredMessage): ReceivedMessage {
    const now = Date.now();
    const receiptHandle = randomUUID();
    this.byReceiptHandle.delete(message.receiptHandle ?? '');
    this.byReceiptHandle.set(receiptHandle, message);
    message.receiptHandle = receiptHandle;
    message.receiveCount += 1;
    message.firstReceivedAt ??= now;
    this.hideUntil(message, now + this.plan.visibilitySeconds * 1000);
    this.trace('receive', message.messageId);
    const { messageId, body, senderId, sentAt, firstReceivedAt, receiveCount } = message;
    return { messageId, receiptHandle, body, md5: md5(body), senderId, sentAt, firstReceivedAt, receiveCount };
  }

  private moveToDeadLetters(message: StoredMessage): void {
    const { messageId, body, senderId, sentAt, firstReceivedAt, receiveCount } = message;
    this.remove(message);
    this.trace('dead-letter', messageId);
    this.telemetry.log(`${this.plan.logicalId}: message ${messageId} moved to the dead-letter queue ${this.deadLetterQueue?.plan.logicalId} after ${receiveCount} receives`);
    this.deadLetterQueue?.add({ messageId, body, senderId, sentAt, firstReceivedAt, receiveCount, deadLetterSource: this.plan.arn }, Date.now());
  }

  private expire(): void {
    [...this.messages].filter((message) => this.isExpired(message)).forEach((message) => this.remove(message));
  }

  private isExpired({ sentAt }: StoredMessage): boolean {
    return sentAt <= Date.now() - this.plan.retentionSeconds * 1000;
  }

  /** Calls the listeners once for several messages. */
  private wake(): void {
    this.waking ??= setImmediate(() => {
      this.waking = undefined;
      this.listeners.forEach((listener) => listener());
    });
  }

  private trace(action: 'send' | 'receive' | 'delete' | 'dead-letter' | 'redrive', messageId: string): void {
    this.telemetry.trace({ kind: 'queue', action, queue: this.plan.logicalId, messageId });
  }
}

export function md5(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

import { unpackBatch } from './message-batch';
import type { ReceivedMessage } from './server-message';

/** Decompresses message batches asynchronously, and delivers the messages of each result in order. */
export class MessageOrder {
  private readonly lastDeliveries = new Map<string, Promise<void>>();

  constructor(private readonly deliver: (message: ReceivedMessage) => void) {}

  public handle(message: ReceivedMessage): void {
    if (message.type === 'batch') {
      const messages = unpackBatch(message);
      this.deliverAfter(message.result, async () => (await messages).forEach(this.deliver));
    } else if (message.result !== undefined && this.lastDeliveries.has(message.result)) {
      this.deliverAfter(message.result, async () => this.deliver(message));
    } else {
      this.deliver(message);
    }
  }

  private deliverAfter(result: string, action: () => Promise<void>): void {
    const next = (this.lastDeliveries.get(result) ?? Promise.resolve()).then(action).then(() => {
      if (this.lastDeliveries.get(result) === next) {
        this.lastDeliveries.delete(result);
      }
    });
    this.lastDeliveries.set(result, next);
  }
}

import type { ReadMessage } from './server-message';
import { unpack } from './unpack';

/** Unpacks what is compressed, and keeps the messages of one result in order meanwhile; those of other results do not wait for it. */
export class InOrder {
  private readonly last = new Map<string, Promise<void>>();

  constructor(private readonly deliver: (message: ReadMessage) => void) {}

  public handle(message: ReadMessage): void {
    if (message.type === 'packed') {
      const unpacked = unpack(message);
      this.after(message.result, async () => (await unpacked).forEach(this.deliver));
    } else if (message.result !== undefined && this.last.has(message.result)) {
      this.after(message.result, async () => this.deliver(message));
    } else {
      this.deliver(message);
    }
  }

  private after(result: string, action: () => Promise<void>): void {
    const next = (this.last.get(result) ?? Promise.resolve()).then(action).then(() => {
      if (this.last.get(result) === next) {
        this.last.delete(result);
      }
    });
    this.last.set(result, next);
  }
}

import type { WebSocketLike } from '../../../src/client';

/** A WebSocket in memory, for tests that act as the service. It never opens on its own, and discards what the client sends. */
export class FakeSocket implements WebSocketLike {
  private readonly listeners = new Map<string, (event: object) => void>();

  public addEventListener(type: string, listener: (event: object) => void): void {
    this.listeners.set(type, listener);
  }

  public send(_string: string): void {}

  public close(): void {}

  /** Opens the connection when the client has added its listeners. */
  public openSoon(): void {
    queueMicrotask(() => this.dispatch('open'));
  }

  /** Receives a message of the service. */
  public receive(message: object): void {
    this.dispatch('message', { data: JSON.stringify(message) });
  }

  public dispatch(type: string, event: object = {}): void {
    this.listeners.get(type)?.(event);
  }
}

/** The members of a WebSocket that the client uses. Browsers, Node.js 22 and the `ws` package implement them. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close' | 'error' | 'message', listener: (event: any) => void): void;
}

/** A WebSocket class. */
export type WebSocketClass = new (url: string, protocols?: string[]) => WebSocketLike;

/** Dispatches events about the network and the visibility of the page, like `window`. */
export interface NetworkEvents {
  addEventListener(type: 'online' | 'offline' | 'visibilitychange' | 'pageshow', listener: () => void): void;
  removeEventListener(type: 'online' | 'offline' | 'visibilitychange' | 'pageshow', listener: () => void): void;
}

interface Globals extends Partial<NetworkEvents> {
  readonly WebSocket?: WebSocketClass;
}

export function globalWebSocket(): WebSocketClass | undefined {
  return (globalThis as Globals).WebSocket;
}

/** Returns undefined in Node.js, which has no such events. */
export function globalNetworkEvents(): NetworkEvents | undefined {
  const { addEventListener } = globalThis as Globals;
  return typeof addEventListener === 'function' ? (globalThis as unknown as NetworkEvents) : undefined;
}

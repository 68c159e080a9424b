/** As much of a WebSocket as is used; those of browsers, of Node.js 22 and of the package `ws` have it. */
export interface WebSocketLike {
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close' | 'error' | 'message', listener: (event: any) => void): void;
}

/** The class of such WebSockets. */
export type WebSocketClass = new (url: string, protocols?: string[]) => WebSocketLike;

/** Where events of the network and of the page's visibility are dispatched: the `window` of a page. */
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

/** Nothing in Node.js, which knows no such events. */
export function globalNetworkEvents(): NetworkEvents | undefined {
  const { addEventListener } = globalThis as Globals;
  return typeof addEventListener === 'function' ? (globalThis as unknown as NetworkEvents) : undefined;
}

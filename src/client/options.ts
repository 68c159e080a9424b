import { validateToken } from './connection/token';
import { globalNetworkEvents, globalWebSocket } from './connection/web-socket';
import type { NetworkEvents, WebSocketClass } from './connection/web-socket';
import type { ValueOptions } from './rows/row-values';
import { SYSTEM_CLOCK } from './timing/clock';
import type { Clock } from './timing/clock';

/** A value, or a function that returns it for each attempt to connect. */
export type Computed<T> = T | (() => T | Promise<T>);

/** The URL of the service, or a function that returns it for each attempt to connect, for example with a new signature. */
export type ServiceUrl = Computed<string>;

/** Options of `connect`. */
export interface ClientOptions extends ValueOptions {
  /**
   * Time until an idle connection is closed, in milliseconds; at least 0. `Infinity` opens the connection at once, and leaves it open with `ping`
   * messages.
   * @default 60000
   */
  readonly idleTimeout?: number;
  /**
   * Maximum number of consecutive attempts to connect before the waiting queries reject with a ConnectionError; at least 1. The delay between
   * attempts grows from 0.5 to 30 seconds, with jitter.
   * @default 10 - about 2.5 minutes
   */
  readonly maxAttempts?: number;
  /**
   * A JSON Web Token or ticket that authenticates the caller, or a function that returns it for each attempt to connect. The client sends it as a
   * subprotocol, or as `token` in the query string if it contains characters that a subprotocol can't contain. No error contains the token.
   * @default - no authentication
   */
  readonly token?: Computed<string>;
  /** Additional subprotocols to offer, or a function that returns them for each attempt to connect. @default - only those of the client */
  readonly protocols?: Computed<readonly string[]>;
  /** Whether the service can send compressed rows. @default true if the environment has a DecompressionStream */
  readonly compression?: boolean;
  /** The WebSocket class. In Node.js 20, pass the one of the `ws` package. @default - the global WebSocket */
  readonly WebSocket?: WebSocketClass;
  /** Dispatches `online`, `offline`, `visibilitychange` and `pageshow` events. @default - the window of the page; none in Node.js */
  readonly networkEvents?: NetworkEvents;
  /** The source of time, for tests. @default - the system clock */
  readonly clock?: Clock;
  /** Returns a random number of at least 0 and less than 1, for jitter. @default Math.random */
  readonly random?: () => number;
}

/** The options of a client with their default values. */
export interface Settings {
  readonly url: ServiceUrl;
  readonly idleTimeout: number;
  readonly maxAttempts: number;
  readonly token?: Computed<string>;
  readonly protocols: Computed<readonly string[]>;
  readonly compression: boolean;
  readonly WebSocket?: WebSocketClass;
  readonly networkEvents?: NetworkEvents;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Validates the options, and adds default values. Throws if an option is invalid. */
export function createSettings(url: ServiceUrl, options: ClientOptions): Settings {
  const { idleTimeout = 60_000, maxAttempts = 10, compression = true, token } = options;
  validateMin('idleTimeout', idleTimeout, 0);
  validateMin('maxAttempts', maxAttempts, 1);
  if (token !== undefined && typeof token !== 'function') {
    validateToken(token);
  }
  return {
    url,
    idleTimeout,
    maxAttempts,
    token,
    protocols: options.protocols ?? [],
    compression: compression && typeof DecompressionStream === 'function',
    WebSocket: options.WebSocket ?? globalWebSocket(),
    networkEvents: options.networkEvents ?? globalNetworkEvents(),
    clock: options.clock ?? SYSTEM_CLOCK,
    random: options.random ?? Math.random,
  };
}

/** Throws a RangeError if the value of an option isn't a number, or is below the minimum. */
export function validateMin(name: string, value: number, min: number): void {
  if (typeof value !== 'number' || !(value >= min)) {
    throw new RangeError(`The option "${name}" must be a number of at least ${min}, but is ${String(value)}.`);
  }
}

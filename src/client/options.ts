import { SYSTEM_CLOCK } from './clock';
import type { Clock } from './clock';
import { requireToken } from './token';
import type { ValueOptions } from './values';
import { globalNetworkEvents, globalWebSocket } from './web-socket';
import type { NetworkEvents, WebSocketClass } from './web-socket';

/** A value, or how to compute it at each attempt to connect. */
export type Computed<T> = T | (() => T | Promise<T>);

/** The address of the service, or how to compute it at each attempt to connect, with a fresh signature for instance. */
export type Address = Computed<string>;

/** How a client connects, and how it gives values to its caller. */
export interface ClientOptions extends ValueOptions {
  /**
   * How long the connection is kept when nothing is in flight, in milliseconds. `Infinity` keeps it, opens it again when it is lost, and says
   * something on it before API Gateway ends it for silence.
   * @default 60000
   */
  readonly idleTimeout?: number;
  /**
   * How often in a row it is tried to connect before the queries that wait end in a ConnectionError. Between the attempts it waits from half a
   * second up to 30, half of it at random.
   * @default 10 - some two and a half minutes
   */
  readonly maximumAttempts?: number;
  /**
   * Says who asks, or how to get what says so at each attempt to connect: a JSON Web Token or a ticket, as the service wants it. It travels as a
   * subprotocol, or as `token` in the address where it has characters that no subprotocol can carry. No error repeats it.
   * @default - none
   */
  readonly token?: Computed<string>;
  /** Subprotocols to offer beside `redshift-query.v1`, or how to compute them at each attempt. @default - none */
  readonly protocols?: Computed<readonly string[]>;
  /** Whether rows may come compressed. @default true - where there is a DecompressionStream */
  readonly compression?: boolean;
  /** The class of WebSocket to use. @default - the global one; Node.js has it from version 22 on, before that pass the one of the package `ws` */
  readonly WebSocket?: WebSocketClass;
  /** Where to listen for `online`, `offline`, `visibilitychange` and `pageshow`. @default - the window of the page, if there is one */
  readonly networkEvents?: NetworkEvents;
  /** @default - the time of this machine */
  readonly clock?: Clock;
  /** A number from 0 to below 1, for the delays. @default Math.random */
  readonly random?: () => number;
}

/** How a client connects, complete. */
export interface Settings {
  readonly address: Address;
  readonly idleTimeout: number;
  readonly maximumAttempts: number;
  readonly token?: Computed<string>;
  readonly protocols: Computed<readonly string[]>;
  readonly compression: boolean;
  readonly WebSocket?: WebSocketClass;
  readonly networkEvents?: NetworkEvents;
  readonly clock: Clock;
  readonly random: () => number;
}

export function settingsOf(address: Address, options: ClientOptions): Settings {
  const { idleTimeout = 60_000, maximumAttempts = 10, compression = true, token } = options;
  requireAtLeast('idleTimeout', idleTimeout, 0);
  requireAtLeast('maximumAttempts', maximumAttempts, 1);
  if (token !== undefined && typeof token !== 'function') {
    requireToken(token);
  }
  return {
    address,
    idleTimeout,
    maximumAttempts,
    token,
    protocols: options.protocols ?? [],
    compression: compression && typeof DecompressionStream === 'function',
    WebSocket: options.WebSocket ?? globalWebSocket(),
    networkEvents: options.networkEvents ?? globalNetworkEvents(),
    clock: options.clock ?? SYSTEM_CLOCK,
    random: options.random ?? Math.random,
  };
}

/** Throws a RangeError that names the option. */
export function requireAtLeast(name: string, value: number, least: number): void {
  if (typeof value !== 'number' || !(value >= least)) {
    throw new RangeError(`The option "${name}" must be a number of at least ${least}; it is ${String(value)}.`);
  }
}

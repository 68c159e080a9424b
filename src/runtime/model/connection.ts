import type { Claims } from './claims';

/** A connection as its client reached us. */
export interface Connection {
  readonly connectionId: string;
  /** When the connection was requested, in milliseconds since the epoch. */
  readonly connectedAt: number;
  /** Whether the connection was seen open: a post that finds nobody then means that the client has left. */
  readonly opened: boolean;
  /** Until when its client may be answered, in milliseconds since the epoch; absent for as long as it is there. */
  readonly validUntil?: number;
}

/** API Gateway waits at most 29 seconds for `$connect`; a connection that is some seconds older and not there has gone. */
export const CONNECT_MS = 40_000;

/** Whether the sign-in of a client has expired. */
export function hasExpired({ validUntil = Infinity }: Pick<Connection, 'validUntil'>, now: number): boolean {
  return now >= validUntil;
}

/** Whether a post that found no connection may still succeed later. */
export function canStillOpen(connection: Pick<Connection, 'opened' | 'connectedAt'>, now: number): boolean {
  return !connection.opened && now - connection.connectedAt < CONNECT_MS;
}

/** Who a client is, as its request to connect proved it. */
export interface Identity {
  /** The hash of what names the caller: the name itself is neither stored nor logged. */
  readonly caller: string;
  /** Those that queries use. */
  readonly claims: Claims;
  /** When the sign-in expires, in milliseconds since the epoch; absent for never. */
  readonly validUntil?: number;
}

/** A connection, and who its client is where callers are known. */
export interface IdentifiedConnection extends Connection {
  readonly identity?: Identity;
}

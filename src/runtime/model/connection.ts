/** The verified claims of a caller, by name. */
export type Claims = Readonly<Record<string, unknown>>;

/** A connection of a client. */
export interface Connection {
  readonly connectionId: string;
  /** When the connection was requested, in milliseconds since the epoch. */
  readonly connectedAt: number;
  /** Whether the connection is known to be open. If it is, a failed post means that the client has left. */
  readonly opened: boolean;
  /** When the client's session expires, in milliseconds since the epoch. Omitted if it never expires. */
  readonly validUntil?: number;
}

/** Period in which a connection can still open, in milliseconds. API Gateway waits at most 29 seconds for `$connect`. */
export const CONNECT_MS = 40_000;

/** Whether the session of a client has expired. */
export function hasExpired({ validUntil = Infinity }: Pick<Connection, 'validUntil'>, now: number): boolean {
  return now >= validUntil;
}

/** Whether a post to a missing connection can succeed later. */
export function canStillOpen(connection: Pick<Connection, 'opened' | 'connectedAt'>, now: number): boolean {
  return !connection.opened && now - connection.connectedAt < CONNECT_MS;
}

/** The identity of a client, from its connect request. */
export interface Identity {
  /** The hash of the caller's name. The name itself is neither stored nor logged. */
  readonly caller: string;
  /** The claims that queries use. */
  readonly claims: Claims;
  /** When the session expires, in milliseconds since the epoch. Omitted if it never expires. */
  readonly validUntil?: number;
}

/** A connection with the identity of its client, if callers are known. */
export interface IdentifiedConnection extends Connection {
  readonly identity?: Identity;
}

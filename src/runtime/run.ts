import type { Timing } from '../protocol/messages';

/** How far the result of a run has been sent; the rest is sent from here after an interruption. */
export interface RunProgress {
  /** Whether the client was told that its query is accepted. */
  readonly announced: boolean;
  /** The page that is being sent, and where its first message stands. */
  readonly page: PagePosition;
  /** The number of the next `rows` message. */
  readonly seq: number;
  readonly rows: number;
  readonly bytes: number;
  readonly timing: Pick<Timing, 'fetchingMs' | 'pushingMs'> & Partial<Pick<Timing, 'eventMs'>>;
}

/** The token of a page, absent for the first, and the number and row of its first message. */
export interface PagePosition {
  readonly token?: string;
  readonly seq: number;
  readonly offset: number;
}

/** One execution of a query, and the connection that waits for it. */
export interface Run {
  /** Names the run: the `result` on the wire, and the end of the statement's name. */
  readonly run: string;
  readonly connectionId: string;
  /** When the connection was requested, in milliseconds since the epoch. */
  readonly connectedAt: number;
  /** Whether the connection was seen open: a post that finds nobody then means that the client has left. */
  readonly opened: boolean;
  /** The client's own name for the query. */
  readonly id: string;
  readonly query: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly askedAt: number;
  /** When the record expires by itself, in seconds since the epoch. */
  readonly expiresAt: number;
  readonly progress: RunProgress;
}

/** The right to work on a run until a moment, which no other worker has at the same time. */
export interface Lease {
  readonly run: string;
  readonly until: number;
}

export const NOTHING_SENT: RunProgress = {
  announced: false,
  page: { seq: 0, offset: 0 },
  seq: 0,
  rows: 0,
  bytes: 0,
  timing: { fetchingMs: 0, pushingMs: 0 },
};

/** Two days: a statement may run for 24 hours, and the Data API keeps its result for another 24. */
export const RUN_LIFETIME_SECONDS = 2 * 24 * 60 * 60;

/** API Gateway waits at most 29 seconds for `$connect`; a connection that is older and not there has gone. */
export const OPENING_MS = 30_000;

/** Whether a post that found no connection may still succeed later. */
export function mayStillOpen(connection: Pick<Run, 'opened' | 'connectedAt'>, now: number): boolean {
  return !connection.opened && now - connection.connectedAt < OPENING_MS;
}

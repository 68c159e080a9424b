import type { QueryRequest, SubmittedDefinition } from './query-request';
import type { CompleteMessage, ErrorMessage, Timing } from '../../protocol/messages';

/**
 * Where a run stands: its statement is yet to be started, it was started, nobody waits and it is about to be removed, or everything that it
 * answers is kept.
 */
export type RunState = 'waiting' | 'running' | 'closed' | 'ended';

/** One execution of a question, for all who ask the same. */
export interface Run extends Omit<QueryRequest, 'definition'> {
  /** Absent in a record of an earlier version of this library: such a run isn't started. */
  readonly definition?: SubmittedDefinition;
  /** Names the run: the `result` on the wire, and the end of the statement's name. */
  readonly run: string;
  /** In milliseconds since the epoch. */
  readonly submittedAt: number;
  /** When the run is cancelled if it has not ended, in milliseconds since the epoch. */
  readonly timeoutAt: number;
  readonly state: RunState;
  readonly statementId?: string;
  /** Whether a start may have had effect: such a statement is cancelled when nobody waits for it. */
  readonly mayHaveStarted: boolean;
  /** The number of the next check: the one that the queue holds, all earlier ones are void. */
  readonly check: number;
  /** Whether the checks have come to their end, since nobody waits for anything. */
  readonly settled: boolean;
  readonly fetched: Fetched;
  readonly timing: RunTiming;
  /** The last word, once the run has ended. */
  readonly outcome?: Outcome;
  /** When a client is last known to have left, in milliseconds since the epoch; absent before any has. */
  readonly leftAt?: number;
  /** The last of the subscribers that have received the progress, in their order, while not all have. */
  readonly progressUntil?: string;
  /** In milliseconds since the epoch. */
  readonly endedAt?: number;
  /** Until when what was fetched answers those who come back, in milliseconds since the epoch; absent before the end. */
  readonly retainedUntil?: number;
  /** Whether the statement is to be cancelled though the run has ended. */
  readonly toCancel: boolean;
  /** When the record, and what was fetched, expire by themselves: in seconds since the epoch. */
  readonly expiresAt: number;
}

/** How much of the result is kept: all messages below `seq`. */
export interface Fetched {
  /** The number of the next `rows` message. */
  readonly seq: number;
  readonly rows: number;
  /** Of the messages. */
  readonly bytes: number;
  /** Of what they are compressed to. */
  readonly compressedBytes: number;
  /** The token of the page with the next row; absent for the first. */
  readonly token?: string;
  /** How many rows of that page are kept already. */
  readonly rowsOfPage: number;
}

export type RunTiming = Pick<Timing, 'fetchingMs'> & Partial<Pick<Timing, 'eventMs'>>;

/** The last word to everybody, which the client's id and the name of the result complete. */
export type Outcome = Omit<CompleteMessage, 'id' | 'result'> | Omit<ErrorMessage, 'id' | 'result'>;

export const NOTHING_FETCHED: Fetched = { seq: 0, rows: 0, bytes: 0, compressedBytes: 0, rowsOfPage: 0 };

/**
 * How long a record outlives its use, in seconds. A client that waited for a run can still be connected 2 hours after its end; until then a dead letter that is
 * moved back must find the clients to notify.
 */
export const RECORD_SLACK_SECONDS = 3 * 60 * 60;

/** Whether a run is there, and not about to be removed: it answers all who have subscribed to it. */
export function answers(run: Run | undefined): run is Run {
  return run !== undefined && run.state !== 'closed';
}

/** Whether a run also answers who comes now: it is in flight, or what it fetched is still kept for them. */
export function isRetained(run: Run | undefined, now: number): run is Run {
  return answers(run) && (run.retainedUntil === undefined || now < run.retainedUntil);
}

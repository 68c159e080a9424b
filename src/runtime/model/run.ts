import type { QueryRequest } from './query-request';
import type { MessageBatch } from './stored-batches';
import type { CompleteMessage, ErrorMessage, Timing } from '../../protocol/messages';

/** One execution of a query, shared by equal query requests. */
export interface Run extends QueryRequest {
  /** Unique name: the `result` on the wire, and the end of the statement's name. */
  readonly run: string;
  /** In milliseconds since the epoch. */
  readonly submittedAt: number;
  /** When the run times out, in milliseconds since the epoch. */
  readonly timeoutAt: number;
  /** Until about when the function that starts the statement waits for its end, in milliseconds since the epoch. Omitted for no wait. */
  readonly waitsUntil?: number;
  /** The id of the statement, once it is known to have started. */
  readonly statementId?: string;
  /** Whether the statement may have started. If it may have, it is canceled when the run closes. */
  readonly mayHaveStarted: boolean;
  /** The number of the current check. Checks with lower numbers are ignored. */
  readonly check: number;
  /** Whether checks have ended because no subscriber remains. */
  readonly settled: boolean;
  readonly fetched: Fetched;
  /** The message batches of a small result, stored at the end of the run. Those of other results are stored separately. */
  readonly batches?: readonly MessageBatch[];
  readonly timing: RunTiming;
  /** The outcome, once the run has ended. */
  readonly outcome?: Outcome;
  /** Whether the run is about to be removed because it has no subscribers. */
  readonly isClosed: boolean;
  /** When the last client left, in milliseconds since the epoch. Omitted if no client has left. */
  readonly leftAt?: number;
  /** The last subscriber that received the current progress, if some haven't. */
  readonly progressUntil?: string;
  /** In milliseconds since the epoch. */
  readonly endedAt?: number;
  /** Until when the result can be resumed and reused, in milliseconds since the epoch. Omitted before the end. */
  readonly retainedUntil?: number;
  /** Whether the statement must be canceled, although the run has ended or because it is closed for good. */
  readonly toCancel: boolean;
  /** When the record and the fetched result expire, in seconds since the epoch. */
  readonly expiresAt: number;
}

/** The progress of the fetch. All messages below `seq` are stored. */
export interface Fetched {
  /** Number of the next `rows` message. */
  readonly seq: number;
  readonly rows: number;
  /** Total size of the messages, in bytes. */
  readonly bytes: number;
  /** Total compressed size, in bytes. */
  readonly compressedBytes: number;
  /** Token of the page that contains the next row. Omitted for the first page. */
  readonly token?: string;
  /** Number of rows of that page that are stored. */
  readonly rowsOfPage: number;
}

export type RunTiming = Pick<Timing, 'fetchingMs'> & Partial<Pick<Timing, 'eventMs'>>;

/** The terminal message for all subscribers, without the fields `id` and `result`. */
export type Outcome = Omit<CompleteMessage, 'id' | 'result'> | Omit<ErrorMessage, 'id' | 'result'>;

export const NOTHING_FETCHED: Fetched = { seq: 0, rows: 0, bytes: 0, compressedBytes: 0, rowsOfPage: 0 };

/**
 * Retention of a record after its last use, in seconds. A client can stay connected for 2 hours after the end of its run. Until then, a redriven
 * dead letter must find the clients to notify.
 */
export const RECORD_SLACK_SECONDS = 3 * 60 * 60;

/** Whether a run provides a result to its subscribers. */
export function isAvailable(run: Run | undefined): run is Run {
  return run !== undefined && !run.isClosed;
}

/** Whether new requests can use a run: it is in flight, or its result is still retained. */
export function isRetained(run: Run | undefined, now: number): run is Run {
  return isAvailable(run) && (run.retainedUntil === undefined || now < run.retainedUntil);
}

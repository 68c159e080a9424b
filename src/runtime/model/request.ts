import type { Connection } from './connection';
import type { QueryRequest } from './query-request';
import type { DeliveryOptions } from '../../protocol/messages';

/** Where a request is stored: under its connection, by the client's own name for it. */
export interface RequestKey {
  readonly connectionId: string;
  readonly id: string;
}

/** One client's wish for the answer of one run, and how far it was fulfilled. */
export interface Request extends Connection, RequestKey {
  /** Tells this request from an earlier one with the same id. */
  readonly request: string;
  /** The hash of who asked, where callers are known. */
  readonly caller?: string;
  /** What was asked, until the client was told that it is accepted; a client that resumes a result names its run instead. */
  readonly queryRequest?: QueryRequest;
  /** The age in seconds that a kept answer may have at most. */
  readonly maxAge?: number;
  /** The run that answers, once it is known. */
  readonly run?: string;
  readonly shared: boolean;
  readonly cached: boolean;
  /** When API Gateway received the client's message, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** In milliseconds since the epoch. */
  readonly submittedAt: number;
  /** Whether the client was told that its query is accepted. */
  readonly acceptedSent: boolean;
  /** The number of the next `rows` message to post. */
  readonly seq: number;
  /** The number of the first `rows` message that the client has not allowed yet; absent where it asked for no window. */
  readonly windowEnd?: number;
  /** In which encodings the client takes packed messages; absent where in none. */
  readonly encodings?: DeliveryOptions['encodings'];
  /** Since when the client could have had more but has not allowed it, in milliseconds since the epoch. */
  readonly stalledAt?: number;
  readonly pushingMs: number;
  /** The last word, as text, once it is decided: from then on the client may use the id again. */
  readonly terminalMessage?: string;
  /** When the record expires by itself, in seconds since the epoch. */
  readonly expiresAt: number;
}

/** The changes to a request whose client was told that it is accepted. From then on its run has the question, which may be large. */
export const ACCEPTED_SENT = { acceptedSent: true, queryRequest: undefined } as const;

/** What counts toward the limits of a connection and of a caller. */
export type QueryInFlight = RequestKey & Pick<Request, 'request' | 'submittedAt' | 'expiresAt'>;

/** What a run knows of a request that waits for it. */
export type Subscriber = Connection & RequestKey & Pick<Request, 'request' | 'caller' | 'expiresAt'>;

/** A `more` that was processed before a request had its result. */
export interface EarlyCredit {
  readonly name: string;
  readonly result: string;
  readonly credit: number;
  /** When API Gateway received it, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** When the record expires by itself, in seconds since the epoch. */
  readonly expiresAt: number;
}

/** Maximum number of early credits that a request takes: a client sends few before `accepted`. */
export const MAX_EARLY_CREDITS = 100;

/** What it takes to remove a request. */
export type StoredRequest = RequestKey & Pick<Request, 'request'> & Partial<Pick<Request, 'caller' | 'terminalMessage'>>;

/** API Gateway ends a connection after 2 hours; the record outlives it by one, and the slower deletion of DynamoDB. */
export const REQUEST_LIFETIME_SECONDS = 3 * 60 * 60;

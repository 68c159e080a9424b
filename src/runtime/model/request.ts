import type { Connection } from './connection';
import type { QueryRequest } from './query-request';
import type { DeliveryOptions } from '../../protocol/messages';

/** The key of a request: its connection and the id that the client chose. */
export interface RequestKey {
  readonly connectionId: string;
  readonly id: string;
}

/**
 * The slots that a request uses until its terminal message is stored. A connection and a caller have as many slots as queries in flight, numbered
 * from 0.
 */
export interface Slots {
  readonly connection: number;
  /** Omitted if the queries of a caller aren't limited. */
  readonly caller?: number;
}

/** A client's request for the result of a run, and the progress of its delivery. */
export interface Request extends Connection, RequestKey {
  /** Unique name. Distinguishes requests that use the same id. */
  readonly request: string;
  /** The hash of the caller, if callers are known. */
  readonly caller?: string;
  /** The query request, until `accepted` is sent. Omitted for a `resume`, which names a run. */
  readonly queryRequest?: QueryRequest;
  /** Maximum age of a reused result, in seconds. */
  readonly maxAge?: number;
  /** The run that provides the result. The request is subscribed to it. */
  readonly run: string;
  readonly shared: boolean;
  readonly slots: Slots;
  /** When API Gateway received the client's message, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** In milliseconds since the epoch. */
  readonly submittedAt: number;
  /** Whether `accepted` was sent. */
  readonly acceptedSent: boolean;
  /** Number of the next `rows` message to post. */
  readonly seq: number;
  /** Number of the first `rows` message beyond the client's window. Omitted without a window. */
  readonly windowEnd?: number;
  /** The encodings of compressed messages that the client accepts. Omitted for none. */
  readonly encodings?: DeliveryOptions['encodings'];
  /** When the window was exhausted while rows were available, in milliseconds since the epoch. */
  readonly stalledAt?: number;
  readonly pushingMs: number;
  /** The terminal message as JSON, once it is decided. From then on the client can reuse the id. */
  readonly terminalMessage?: string;
  /** When the record expires, in seconds since the epoch. */
  readonly expiresAt: number;
}

/** The changes to a request after `accepted` was sent. The query request, which can be large, is now in the run. */
export const ACCEPTED_SENT = { acceptedSent: true, queryRequest: undefined } as const;

/** A request that is subscribed to a run. */
export type Subscriber = Connection & RequestKey & Pick<Request, 'request' | 'caller' | 'slots' | 'expiresAt'>;

/** A `more` message that was processed before a request had its result. */
export interface EarlyCredit {
  readonly name: string;
  readonly result: string;
  readonly credit: number;
  /** When API Gateway received it, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** When the record expires, in seconds since the epoch. */
  readonly expiresAt: number;
}

/** Maximum number of early credits that a request applies. Clients send few before `accepted`. */
export const MAX_EARLY_CREDITS = 100;

/** The fields that are required to remove a request. */
export type StoredRequest = RequestKey & Pick<Request, 'request' | 'run' | 'caller' | 'slots' | 'terminalMessage'>;

/** Retention of a request, in seconds: the maximum connection duration of 2 hours, and one hour more. */
export const REQUEST_LIFETIME_SECONDS = 3 * 60 * 60;

/** The WebSocket subprotocol that clients offer and the server echoes. */
export const SUBPROTOCOL = 'redshift-query.v1';

/**
 * The bytes of the largest message that either side sends: the frame limit of API Gateway, and the unit it bills.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const MAXIMUM_MESSAGE_BYTES = 32 * 1024;

/** The characters of the longest `id` that a client may give a query. */
export const MAXIMUM_ID_LENGTH = 128;

/** The `id` of the query that was asked by the query string of the connection's address. */
export const CONNECT_ID = 'connect';

/** A value that is given for a parameter: `docs/protocol.md` states which kind of parameter takes which. */
export type ParameterValue = string | number | boolean | null | readonly (string | number | boolean)[];

/** Asks for a query; the answer carries the same `id`. */
export interface QueryMessage {
  readonly type: 'query';
  readonly id: string;
  readonly query?: string;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly options?: QueryOptions;
}

/** How an answer is wanted. */
export interface QueryOptions extends WindowOptions {
  /** The age in seconds that an answer kept from an earlier run may have at most; it can only shorten what the service allows. */
  readonly maxAge?: number;
}

/** How fast an answer is wanted. */
export interface WindowOptions {
  /** How many `rows` messages may come before a `more`; left out, all come. */
  readonly window?: number;
}

/** Ends a query that is being answered. */
export interface CancelMessage {
  readonly type: 'cancel';
  readonly id: string;
}

/** Asks for the rest of a result, under a new id, on any connection. */
export interface ResumeMessage {
  readonly type: 'resume';
  readonly id: string;
  readonly result: string;
  /** The `seq` of the last `rows` message that the client has; -1 for none. */
  readonly after: number;
  readonly options?: WindowOptions;
}

/** Lets more `rows` messages of a result come, where the query asked for a window. */
export interface MoreMessage {
  readonly type: 'more';
  readonly result: string;
  readonly credit: number;
}

/** Keeps an idle connection open; answered by `pong`. */
export interface PingMessage {
  readonly type: 'ping';
}

export type ClientMessage = QueryMessage | CancelMessage | ResumeMessage | MoreMessage | PingMessage;

/** A column of a result: its label, and its type as Redshift names it, such as `int8` or `varchar`. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** A value in a row as JSON carries it; `docs/protocol.md` states which SQL type becomes which. */
export type WireValue = null | boolean | number | string;

/** The query was accepted; its rows will name `result`. */
export interface AcceptedMessage {
  readonly type: 'accepted';
  readonly id: string;
  readonly result: string;
  /** Whether a run that others had started answers. */
  readonly shared: boolean;
  /** Whether that run had ended already. */
  readonly cached: boolean;
}

/** What a query that takes long is doing: it waits for its turn, or runs in Redshift. */
export interface ProgressMessage {
  readonly type: 'progress';
  readonly result: string;
  readonly state: 'waiting' | 'running';
  /** Milliseconds since its run was first asked for. */
  readonly elapsedMs: number;
}

/** Some rows of a result, the first of them at `offset`; messages of one result count up in `seq` from 0. */
export interface RowsMessage {
  readonly type: 'rows';
  readonly result: string;
  readonly seq: number;
  readonly offset: number;
  readonly columns?: readonly Column[];
  readonly rows: readonly (readonly WireValue[])[];
}

/** Where the time went, in milliseconds. */
export interface Timing {
  /** From the question to the moment when Redshift began to run it. */
  readonly waitingMs: number;
  readonly runningMs: number;
  /** From the end of the statement to the moment when its event was handled. */
  readonly eventMs: number;
  readonly fetchingMs: number;
  readonly pushingMs: number;
}

/** The query of the `id` has all its rows: `rows` of them, in so many `rows` messages of `bytes` altogether. */
export interface CompleteMessage {
  readonly type: 'complete';
  readonly id: string;
  readonly result: string;
  readonly messages: number;
  readonly rows: number;
  readonly bytes: number;
  readonly truncated: boolean;
  readonly timing: Timing;
}

export type ErrorCode =
  | 'invalid_json'
  | 'invalid_message'
  | 'unknown_type'
  | 'unknown_field'
  | 'message_too_large'
  | 'unknown_query'
  | 'missing_parameter'
  | 'unknown_parameter'
  | 'invalid_parameter'
  | 'id_in_use'
  | 'unknown_id'
  | 'too_many_queries'
  | 'start_refused'
  | 'statement_failed'
  | 'statement_aborted'
  | 'row_too_large'
  | 'time_limit'
  | 'cancelled'
  | 'stalled'
  | 'result_expired'
  | 'internal';

/**
 * Something failed. With an `id` it ends the client's query of that id, and no other; without, it is about a message that could not be
 * understood.
 */
export interface ErrorMessage {
  readonly type: 'error';
  readonly id?: string;
  /** What answers the query, where that was known; without it, an error ends only a query that was not accepted yet. */
  readonly result?: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  /** The number that was exceeded, where there is one. */
  readonly limit?: number;
}

export interface PongMessage {
  readonly type: 'pong';
}

export type ServerMessage = AcceptedMessage | ProgressMessage | RowsMessage | CompleteMessage | ErrorMessage | PongMessage;

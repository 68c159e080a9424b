/**
 * The name that the client chose for a query.
 * @minLength 1
 * @maxLength 128
 */
type Id = string;

/**
 * The name that the service chose for a result.
 * @minLength 1
 * @maxLength 128
 */
type Result = string;

/**
 * A non-negative integer.
 * @asType integer
 * @minimum 0
 */
type NonNegativeInteger = number;

/** A parameter value. `docs/protocol.md` lists the values of each kind of parameter. */
export type ParameterValue = string | number | boolean | null | readonly (string | number | boolean)[];

/** Submits a query. All messages of its result refer to the same `id`. */
export interface QueryMessage {
  readonly type: 'query';
  readonly id: Id;
  /** The name of the query. If omitted, the default query. */
  readonly query?: string;
  /** The parameter values by name. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly options?: QueryOptions;
}

/** The options of a query. */
export interface QueryOptions extends DeliveryOptions {
  /**
   * Maximum age of a reused result, in seconds. It can only shorten the duration that the service allows.
   * @asType integer
   * @minimum 0
   * @maximum 1000000000
   */
  readonly maxAge?: number;
}

/** The options for the delivery of a result. */
export interface DeliveryOptions {
  /**
   * Number of `rows` messages that the service sends before the first `more`. If omitted, it sends all.
   * @asType integer
   * @minimum 1
   * @maximum 1000000000
   */
  readonly window?: number;
  /** The accepted encodings of compressed `rows` messages. Unknown ones are ignored. */
  readonly encodings?: readonly (Encoding | (string & {}))[];
}

/** The encoding of compressed `rows` messages. */
export type Encoding = 'gzip';

/** The encodings that the server supports. */
export const ENCODINGS: readonly Encoding[] = ['gzip'];

/** Cancels a query in flight. */
export interface CancelMessage {
  readonly type: 'cancel';
  readonly id: Id;
}

/** Requests the rest of a result under a new id, on any connection. */
export interface ResumeMessage {
  readonly type: 'resume';
  readonly id: Id;
  readonly result: Result;
  /**
   * The `seq` of the last `rows` message that the client received, or -1 for none.
   * @asType integer
   * @minimum -1
   * @maximum 1000000000
   */
  readonly after: number;
  readonly options?: DeliveryOptions;
}

/** Allows more `rows` messages of a result, if the query has a window. */
export interface MoreMessage {
  readonly type: 'more';
  readonly result: Result;
  /**
   * Number of additional messages.
   * @asType integer
   * @minimum 1
   * @maximum 1000000000
   */
  readonly credit: number;
}

/** Prevents the idle timeout of a connection. The service responds with `pong`. */
export interface PingMessage {
  readonly type: 'ping';
}

/** All client messages. The service rejects unknown types and fields. */
export type ClientMessage = QueryMessage | CancelMessage | ResumeMessage | MoreMessage | PingMessage;

/** A column of a result: its label, and its Redshift type, such as `int8` or `varchar`. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** A value in a row. `docs/protocol.md` lists the JSON of each SQL type. */
export type WireValue = null | boolean | number | string;

/** The query was accepted. Its rows refer to `result`. */
export interface AcceptedMessage {
  readonly type: 'accepted';
  readonly id: Id;
  readonly result: Result;
  /** Whether the result comes from a run that another request started. */
  readonly shared: boolean;
  /** Whether that run had already ended. */
  readonly cached: boolean;
  /** The limits of the result. An omitted limit doesn't apply. */
  readonly limits?: QueryLimits;
}

/** The limits of a query. */
export interface QueryLimits {
  /** Maximum duration in milliseconds, from submission to the last row. */
  readonly timeLimitMs: NonNegativeInteger;
  /** Maximum number of rows in the result. */
  readonly rows?: NonNegativeInteger;
  /** Maximum size of the `rows` messages of the result, in bytes. */
  readonly bytes?: NonNegativeInteger;
}

/** The limits of a connection. */
export interface ConnectionLimits {
  /** Maximum size of a client message, in bytes. */
  readonly messageBytes: NonNegativeInteger;
  /** Maximum number of queries in flight on a connection. */
  readonly queriesPerConnection: NonNegativeInteger;
  /** Maximum number of queries in flight of a caller, on all connections. Omitted if callers aren't known. */
  readonly queriesPerCaller?: NonNegativeInteger;
  /** Maximum rate of messages and new connections from all clients, per second. */
  readonly messagesPerSecond: NonNegativeInteger;
  /** Maximum burst of messages and new connections. */
  readonly burst: NonNegativeInteger;
}

/** The state of a query that takes long. */
export interface ProgressMessage {
  readonly type: 'progress';
  readonly result: Result;
  /** `waiting`: a limit of Redshift or its Data API defers the query. `running`: Redshift runs the statement. */
  readonly state: 'waiting' | 'running';
  /** Time since the submission of the run, in milliseconds. */
  readonly elapsedMs: NonNegativeInteger;
}

/** Rows of a result, starting at `offset`. The messages of a result are numbered by `seq`, from 0. */
export interface RowsMessage {
  readonly type: 'rows';
  readonly result: Result;
  /** Number of the message in its result. */
  readonly seq: NonNegativeInteger;
  /** Number of rows before the rows of this message. */
  readonly offset: NonNegativeInteger;
  /** Included only in the first message. */
  readonly columns?: readonly Column[];
  /** The rows. Each row contains a value for each column, in order. */
  readonly rows: readonly (readonly WireValue[])[];
}

/** Consecutive `rows` messages in one, for a client that accepts the encoding. The client handles each as if it were sent separately. */
export interface CompressedRowsMessage {
  readonly type: 'rows';
  readonly result: Result;
  /** The `seq` of the first contained message. */
  readonly seq: NonNegativeInteger;
  /** The `offset` of the first contained message. */
  readonly offset: NonNegativeInteger;
  /**
   * Number of contained messages.
   * @asType integer
   * @minimum 2
   * @maximum 16
   */
  readonly messages: number;
  readonly encoding: Encoding;
  /** The messages as a JSON array, compressed and encoded in base64. */
  readonly data: string;
}

/** The duration of each stage of a query, in milliseconds. */
export interface Timing {
  /** From submission until Redshift started the statement. */
  readonly waitingMs: NonNegativeInteger;
  /** Duration of the statement in Redshift. */
  readonly runningMs: NonNegativeInteger;
  /** From the end of the statement until its event was processed. */
  readonly eventMs: NonNegativeInteger;
  /** Total time of fetching the result. */
  readonly fetchingMs: NonNegativeInteger;
  /** Total time of posting rows to this client. */
  readonly pushingMs: NonNegativeInteger;
}

/** All rows of the query were sent: `rows` rows in `messages` messages with a total of `bytes` bytes. */
export interface CompleteMessage {
  readonly type: 'complete';
  readonly id: Id;
  readonly result: Result;
  /** Number of `rows` messages in the result, unpacked. */
  readonly messages: NonNegativeInteger;
  readonly rows: NonNegativeInteger;
  /** Total size of these messages, unpacked. */
  readonly bytes: NonNegativeInteger;
  /** Whether the result was truncated at a limit. */
  readonly truncated: boolean;
  readonly timing: Timing;
}

/** The error codes. */
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
  | 'missing_claim'
  | 'invalid_claim'
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

/** An error. With an `id`, it ends the query with this id, and no other. Without one, it refers to a message that couldn't be processed. */
export interface ErrorMessage {
  readonly type: 'error';
  readonly id?: Id;
  /** The result of the query, if known. Without it, an error ends only a query that wasn't accepted yet. */
  readonly result?: Result;
  readonly code: ErrorCode;
  /** A human-readable message. */
  readonly message: string;
  /** Whether a retry can succeed. */
  readonly retryable: boolean;
  /** The limit that was exceeded, if any. */
  readonly limit?: NonNegativeInteger;
}

/**
 * A going-away notice: the service is about to close the connection, for example because the token expires. Until then results continue. The client
 * opens another connection and continues there.
 */
export interface ByeMessage {
  readonly type: 'bye';
  /** A human-readable message. */
  readonly reason: string;
  /** Whether the client can connect again immediately. */
  readonly retryable: boolean;
}

/** The response to `ping`. */
export interface PongMessage {
  readonly type: 'pong';
  readonly limits?: ConnectionLimits;
}

/** All messages of the service. A client ignores unknown types and fields. */
export type ServerMessage =
  | AcceptedMessage
  | ProgressMessage
  | RowsMessage
  | CompressedRowsMessage
  | CompleteMessage
  | ErrorMessage
  | ByeMessage
  | PongMessage;

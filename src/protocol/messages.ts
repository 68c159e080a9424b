/** The WebSocket subprotocol that clients offer and the server echoes. */
export const SUBPROTOCOL = 'redshift-query.v1';

/** Begins the further subprotocol by which a client brings its token: browsers can set no header. The server never echoes it. */
export const TOKEN_SUBPROTOCOL_PREFIX = 'redshift-query.token.';

/** The key of the query string by which a client may bring its token where a subprotocol cannot carry it. */
export const TOKEN_KEY = 'token';

/**
 * The bytes of the largest message that either side sends: the frame limit of API Gateway, and the unit it bills.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const MAXIMUM_MESSAGE_BYTES = 32 * 1024;

/** Maximum number of characters, as Unicode code points, in an `id` or the name of a result. */
export const MAX_NAME_LENGTH = 128;

/** The `id` of the query that was asked by the query string of the connection's address. */
export const CONNECT_ID = 'connect';

/** The largest number that a client may send: a table adds such numbers up, and none is ever near it. */
export const MAX_NUMBER = 1_000_000_000;

/**
 * The client's own name for a query.
 * @minLength 1
 * @maxLength 128
 */
type Id = string;

/**
 * The service's name for a result.
 * @minLength 1
 * @maxLength 128
 */
type Result = string;

/**
 * A whole number.
 * @asType integer
 * @minimum 0
 */
type WholeNumber = number;

/** A value that is given for a parameter: `docs/protocol.md` states which kind of parameter takes which. */
export type ParameterValue = string | number | boolean | null | readonly (string | number | boolean)[];

/** Asks for a query; the answer carries the same `id`. */
export interface QueryMessage {
  readonly type: 'query';
  readonly id: Id;
  /** The name of the query; left out, the default one. */
  readonly query?: string;
  /** A value for each parameter of the query that needs one. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly options?: QueryOptions;
}

/** How an answer is wanted. */
export interface QueryOptions extends DeliveryOptions {
  /**
   * The age in seconds that an answer kept from an earlier run may have at most; it can only shorten what the service allows.
   * @asType integer
   * @minimum 0
   * @maximum 1000000000
   */
  readonly maxAge?: number;
}

/** How fast an answer is wanted, and in which form. */
export interface DeliveryOptions {
  /**
   * How many `rows` messages may come before a `more`; left out, all come.
   * @asType integer
   * @minimum 1
   * @maximum 1000000000
   */
  readonly window?: number;
  /** In which encodings packed `rows` messages may come; unknown ones are ignored. */
  readonly encodings?: readonly (Encoding | (string & {}))[];
}

/** How packed `rows` messages are encoded. */
export type Encoding = 'gzip';

/** The encodings that the server knows. */
export const ENCODINGS: readonly Encoding[] = ['gzip'];

/** Ends a query that is being answered. */
export interface CancelMessage {
  readonly type: 'cancel';
  readonly id: Id;
}

/** Asks for the rest of a result, under a new id, on any connection. */
export interface ResumeMessage {
  readonly type: 'resume';
  readonly id: Id;
  readonly result: Result;
  /**
   * The `seq` of the last `rows` message that the client has; -1 for none.
   * @asType integer
   * @minimum -1
   * @maximum 1000000000
   */
  readonly after: number;
  readonly options?: DeliveryOptions;
}

/** Lets more `rows` messages of a result come, where the query asked for a window. */
export interface MoreMessage {
  readonly type: 'more';
  readonly result: Result;
  /**
   * How many more may come.
   * @asType integer
   * @minimum 1
   * @maximum 1000000000
   */
  readonly credit: number;
}

/** Keeps an idle connection open; answered by `pong`. */
export interface PingMessage {
  readonly type: 'ping';
}

/** Everything that a client says. The service refuses types and fields that it does not know. */
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
  readonly id: Id;
  readonly result: Result;
  /** Whether a run that others had started answers. */
  readonly shared: boolean;
  /** Whether that run had ended already. */
  readonly cached: boolean;
  /** What bounds the answer; a limit that is not there does not exist. */
  readonly limits?: QueryBounds;
}

/** The bounds of one query. */
export interface QueryBounds {
  /** How long it may take, from the question to the last row. */
  readonly timeLimitMs: WholeNumber;
  /** After how many rows its result is cut. */
  readonly rows?: WholeNumber;
  /** After how many bytes of `rows` messages its result is cut. */
  readonly bytes?: WholeNumber;
}

/** The bounds of a connection. */
export interface ConnectionBounds {
  /** Of the largest message that the service takes. */
  readonly messageBytes: WholeNumber;
  /** How many queries one connection may have in flight. */
  readonly queriesPerConnection: WholeNumber;
  /** How many queries one caller may have in flight on all connections together; only where callers are known. */
  readonly queriesPerCaller?: WholeNumber;
  /** How many messages and new connections a second the service takes from all clients together. */
  readonly messagesPerSecond: WholeNumber;
  /** How many of them may come at once. */
  readonly burst: WholeNumber;
}

/** What a query that takes long is doing: it waits for its turn, or runs in Redshift. */
export interface ProgressMessage {
  readonly type: 'progress';
  readonly result: Result;
  /** `waiting`: Redshift has no room for it yet, or hands out its rows to others first. */
  readonly state: 'waiting' | 'running';
  /** Milliseconds since its run was first asked for. */
  readonly elapsedMs: WholeNumber;
}

/** Some rows of a result, the first of them at `offset`; messages of one result count up in `seq` from 0. */
export interface RowsMessage {
  readonly type: 'rows';
  readonly result: Result;
  /** The number of this message among those of its result. */
  readonly seq: WholeNumber;
  /** How many rows came before these. */
  readonly offset: WholeNumber;
  /** In the first message, and in no other. */
  readonly columns?: readonly Column[];
  /** Each row has a value for each column, in their order. */
  readonly rows: readonly (readonly WireValue[])[];
}

/** Several consecutive `rows` messages in one, to a client that offered the encoding: to be handled as if each had come by itself. */
export interface PackedRowsMessage {
  readonly type: 'rows';
  readonly result: Result;
  /** The `seq` of the first message inside. */
  readonly seq: WholeNumber;
  /** The `offset` of the first message inside. */
  readonly offset: WholeNumber;
  /**
   * How many messages are inside.
   * @asType integer
   * @minimum 2
   * @maximum 16
   */
  readonly messages: number;
  readonly encoding: Encoding;
  /** A JSON array of the messages, compressed, in base64. */
  readonly data: string;
}

/** Where the time went, in milliseconds. */
export interface Timing {
  /** From the question to the moment when Redshift began to run it. */
  readonly waitingMs: WholeNumber;
  /** How long Redshift says that the statement ran. */
  readonly runningMs: WholeNumber;
  /** From the end of the statement to the moment when its event was handled. */
  readonly eventMs: WholeNumber;
  /** All fetching of pages of the result. */
  readonly fetchingMs: WholeNumber;
  /** All posting of rows to this client. */
  readonly pushingMs: WholeNumber;
}

/** The query of the `id` has all its rows: `rows` of them, in so many `rows` messages of `bytes` altogether. */
export interface CompleteMessage {
  readonly type: 'complete';
  readonly id: Id;
  readonly result: Result;
  /** How many `rows` messages the whole result has; packed ones count as what is in them. */
  readonly messages: WholeNumber;
  readonly rows: WholeNumber;
  /** The bytes of these messages, unpacked. */
  readonly bytes: WholeNumber;
  /** Whether the result was cut at a limit of the service. */
  readonly truncated: boolean;
  readonly timing: Timing;
}

/** What went wrong, in a word that a program can tell apart. */
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

/**
 * Something failed. With an `id` it ends the client's query of that id, and no other; without, it is about a message that could not be
 * understood.
 */
export interface ErrorMessage {
  readonly type: 'error';
  readonly id?: Id;
  /** What answers the query, where that was known; without it, an error ends only a query that was not accepted yet. */
  readonly result?: Result;
  readonly code: ErrorCode;
  /** A sentence for people. */
  readonly message: string;
  /** Whether the same again may help. */
  readonly retryable: boolean;
  /** The number that was exceeded, where there is one. */
  readonly limit?: WholeNumber;
}

/**
 * The service is about to close the connection, since the client's token expires for instance. Until it does, answers go on: a client opens another
 * connection meanwhile and goes on there.
 */
export interface ByeMessage {
  readonly type: 'bye';
  /** A sentence for people. */
  readonly reason: string;
  /** Whether a new connection would be welcome, at once. */
  readonly retryable: boolean;
}

/** The answer to `ping`. */
export interface PongMessage {
  readonly type: 'pong';
  readonly limits?: ConnectionBounds;
}

/** Everything that the service says. A client ignores types and fields that it does not know. */
export type ServerMessage =
  | AcceptedMessage
  | ProgressMessage
  | RowsMessage
  | PackedRowsMessage
  | CompleteMessage
  | ErrorMessage
  | ByeMessage
  | PongMessage;

import type { Identity } from './connection';
import type { Job } from './jobs';
import type { EarlyCredit, QueryInFlight, Request, RequestKey, Subscriber } from './request';
import type { Fetched, Run } from './run';
import type { Column } from '../../protocol/messages';

/** A value as the warehouse gives it; an integer outside ±(2^53 − 1) is the text of its digits. */
export type Cell = null | boolean | number | string | Uint8Array;

/** The database that a statement runs in, and how the Data API authenticates to it. Without a user and a secret, as the role of the functions. */
export interface StatementTarget {
  readonly databaseName: string;
  readonly clusterIdentifier?: string;
  readonly workgroupName?: string;
  readonly databaseUser?: string;
  readonly secretArn?: string;
}

export interface StatementToStart {
  readonly run: string;
  readonly target: StatementTarget;
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface StatementDescription {
  readonly state: 'running' | 'finished' | 'failed' | 'aborted';
  /** The database's own message, for a statement that failed or was aborted. */
  readonly error?: string;
  readonly hasResultSet: boolean;
  readonly runningMs: number;
  readonly endedAt?: number;
}

export interface ResultPage {
  readonly columns: readonly Column[];
  readonly rows: Iterable<readonly Cell[]>;
  readonly nextToken?: string;
}

/** The Redshift Data API. Every call may throw ServiceBusyError, and StatementRejectedError where asking again cannot help. */
export interface StatementApi {
  /** Starts a statement whose end event carries the run, and returns its id. Starting the same run again returns the same id. */
  start(statement: StatementToStart): Promise<string>;
  describe(statementId: string): Promise<StatementDescription>;
  fetchPage(statementId: string, token?: string): Promise<ResultPage>;
  /** Ends a statement; no effect on one that has ended. */
  cancel(statementId: string): Promise<void>;
}

/** So many functions may die in a row at a run or a request before it is ended with a word to its clients. */
export const MAX_CRASHES = 5;

/** The right to work on a run or a request, which nobody else has until the given moment. */
export interface Lease {
  /** Names the holder; never given twice. */
  readonly holder: string;
  /** In milliseconds since the epoch. */
  readonly until: number;
}

/** The outcome of asking for a lease. */
export type LeaseResult<T> =
  | {
    readonly state: 'acquired';
    readonly record: T;
    /** How many holders before this one, in a row, have not given the lease back: they died of something. */
    readonly crashes: number;
  }
  | { readonly state: 'held' }
  | { readonly state: 'missing' };

/**
 * The table. Each method is one call of DynamoDB, so that a crash may come between any two; reads are strongly consistent; what has
 * expired is not there. Every call may throw ServiceBusyError.
 */
export interface Store {
  /** Stores a request, held by the lease. False when the connection already has one with this id whose last word is not decided, or it was canceled in advance. */
  createRequest(request: Request, lease: Lease): Promise<boolean>;
  /** The requests of a connection. */
  requests(connectionId: string): Promise<Request[]>;
  /** Takes a request for the holder of the lease, unless another has it. */
  acquireRequest(key: RequestKey, lease: Lease): Promise<LeaseResult<Request>>;
  /** Takes a request from whoever has it; undefined when there is none, or when API Gateway received it after the given moment. */
  takeOverRequest(key: RequestKey, lease: Lease, receivedBy?: number): Promise<Request | undefined>;
  /**
   * Has `createRequest` reject a request with this key that API Gateway received by the given moment, until this expires, in seconds since the epoch.
   * False, without effect, when there is a request with this key.
   */
  cancelInAdvance(key: RequestKey, receivedBy: number, expiresAt: number): Promise<boolean>;
  /** Whether a request that is not stored was canceled in advance. */
  isCanceledInAdvance(key: RequestKey): Promise<boolean>;
  /** Writes the changes and, if asked to, gives the lease back. Returns the request as it is then; undefined, without effect, when the lease was lost. */
  saveRequest(key: RequestKey, lease: Lease, changes: Partial<Request>, release?: boolean): Promise<Request | undefined>;
  /** Allows more messages to a request that has a window, whoever holds it; no effect on others. An early credit, by its name, has effect once. */
  allowMore(key: RequestKey, request: string, credit: number, early?: string): Promise<void>;
  /** Stores a credit for a result that no request of the connection has yet. */
  storeEarlyCredit(connectionId: string, credit: EarlyCredit): Promise<void>;
  /** The first early credits for a result that API Gateway received from the given moment on. */
  earlyCredits(connectionId: string, result: string, receivedFrom: number): Promise<EarlyCredit[]>;
  /** Removes the request of this name, and no later one with the same id. Returns the run that it had, if any. */
  removeRequest(key: RequestKey, request: string): Promise<string | undefined>;

  /** Counts a query among those that its caller has in flight. */
  countQuery(caller: string, query: QueryInFlight): Promise<void>;
  /** The queries that a caller has in flight, on all its connections. */
  queriesOf(caller: string): Promise<QueryInFlight[]>;
  /** Takes the request of this name off the queries of its caller. */
  uncountQuery(caller: string, request: string): Promise<void>;
  /** Stores who the client of a connection is, until it expires by itself, in seconds since the epoch. */
  createIdentity(connectionId: string, identity: Identity, expiresAt: number): Promise<void>;
  identity(connectionId: string): Promise<Identity | undefined>;
  removeIdentity(connectionId: string): Promise<void>;

  /** The name of the run that last answered a question; see `cacheKey`. */
  cachedRun(queryRequest: string): Promise<string | undefined>;
  /** Makes a run the answer of a question in place of the previous one. False when another has become it meanwhile. */
  setCachedRun(queryRequest: string, run: string, previous: string | undefined, expiresAt: number): Promise<boolean>;

  createRun(run: Run): Promise<void>;
  run(run: string): Promise<Run | undefined>;
  acquireRun(run: string, lease: Lease): Promise<LeaseResult<Run>>;
  /** Writes the changes and, if asked to, gives the lease back. False, without effect, when the lease was lost. */
  saveRun(run: string, lease: Lease, changes: Partial<Run>, release?: boolean): Promise<boolean>;
  /** Removes a run; with a lease only while that is held. */
  removeRun(run: string, lease?: Lease): Promise<void>;

  subscribe(run: string, subscriber: Subscriber): Promise<void>;
  /** Takes the request of this name off a run, and no later one with the same id. */
  unsubscribe(run: string, request: string): Promise<void>;
  subscribers(run: string): Promise<Subscriber[]>;
}

/** Consecutive `rows` messages: one packed message to clients that take gzip, and the same ones unpacked to others. */
export interface MessageBatch {
  /** The number of the first row. */
  readonly offset: number;
  /** The bytes of each message. */
  readonly lengths: readonly number[];
  /** A JSON array of the messages, compressed by gzip. */
  readonly data: Uint8Array;
}

/** Consecutive packs of a result, the first message in them with the number `seq`. */
export interface StoredBatches {
  readonly seq: number;
  readonly batches: readonly MessageBatch[];
}

/** Packs to keep, and how far the result is kept with them. */
export interface ResultChunk extends StoredBatches {
  readonly after: Fetched;
}

/** What was fetched and encoded, kept until it expires by itself. */
export interface Results {
  /**
   * Keeps a piece of a run, unless one with the same `seq` is kept already: that one stays, whatever is in the other. Returns, when it can be found,
   * how far the result is kept with the one that is there.
   */
  keep(run: Pick<Run, 'run' | 'expiresAt'>, chunk: ResultChunk): Promise<Fetched>;
  /** The kept packs among which is the message with this number; undefined when it is not kept. */
  find(run: string, seq: number): Promise<StoredBatches | undefined>;
}

/** The WebSocket connections. */
export interface Connections {
  /** Sends one message. Throws ConnectionGoneError when the connection is closed, or not open yet; ServiceBusyError when the client's buffer is full. */
  post(connectionId: string, message: string): Promise<void>;
  /** Ends a connection. Throws ConnectionGoneError when it is closed, or not open yet. */
  close(connectionId: string): Promise<void>;
}

/** The delivery queue. */
export interface Queue {
  send(job: Job, delaySeconds?: number): Promise<void>;
  /** Sends many at once; when it throws, some may have been sent. */
  sendAll(jobs: readonly Job[]): Promise<void>;
}

/** The dead-letter queue. */
export interface DeadLetters {
  /** Adds a message that an operator can move back to the delivery queue. */
  add(message: string): Promise<void>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

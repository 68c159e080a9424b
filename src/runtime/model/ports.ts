import type { Identity } from './connection';
import type { DelayedJob, Job } from './jobs';
import type { EarlyCredit, Request, RequestKey, StoredRequest, Subscriber } from './request';
import type { Fetched, Run } from './run';
import type { StatementTarget } from './statement-target';
import type { StoredBatches } from './stored-batches';
import type { Column } from '../../protocol/messages';

/** A value that Redshift returns. An integer outside ±(2^53 − 1) is a string of digits. */
export type Cell = null | boolean | number | string | Uint8Array;

export interface StatementToStart extends Pick<Run, 'run' | 'waitsUntil'> {
  readonly target: StatementTarget;
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface StatementDescription {
  readonly state: 'running' | 'finished' | 'failed' | 'aborted';
  /** The error message of the database, for a failed or aborted statement. */
  readonly error?: string;
  readonly hasResultSet: boolean;
  readonly runningMs: number;
  readonly endedAt?: number;
}

export interface StartedStatement {
  readonly statementId: string;
  /** Present if the statement ended during a wait. If it finished, `runningMs` is the duration of the call that started it. */
  readonly description?: StatementDescription;
}

export interface ResultPage {
  readonly columns: readonly Column[];
  readonly rows: Iterable<readonly Cell[]>;
  readonly nextToken?: string;
}

/** The Redshift Data API. Every call throws ServiceBusyError if a retry can succeed, and StatementRejectedError if it can't. */
export interface StatementApi {
  /**
   * Starts a statement. The event of its end contains the run. Starting the same run again returns the same id. Optionally waits until it ends, for a
   * number of seconds from 1 to `MAX_INLINE_WAIT_SECONDS`, an integer. If the wait fails, starts the statement without it. Without a description,
   * the statement can have ended nevertheless.
   */
  start(statement: StatementToStart, waitSeconds?: number): Promise<StartedStatement>;
  describe(statementId: string): Promise<StatementDescription>;
  fetchPage(statementId: string, token?: string): Promise<ResultPage>;
  /** Cancels a statement. Has no effect on an ended one. */
  cancel(statementId: string): Promise<void>;
}

/** Maximum number of crashes in a row at a run or request. At this number it ends with an error. */
export const MAX_CRASHES = 5;

/** The exclusive right to work on a run or request until a given moment. */
export interface Lease {
  /** The unique name of the holder. */
  readonly holder: string;
  /** In milliseconds since the epoch. */
  readonly until: number;
}

/** The result of acquiring a lease. */
export type LeaseResult<T> =
  | {
    readonly state: 'acquired';
    readonly record: T;
    /** Number of previous holders in a row that crashed, that is, did not release the lease. */
    readonly crashes: number;
  }
  | { readonly state: 'held' }
  | { readonly state: 'missing' };

/** A run to store with its first request. */
export interface NewRun {
  readonly run: Run;
  readonly lease: Lease;
  readonly cacheKey: string;
  /** The run of the cache key that the new run replaces, if any. */
  readonly previous?: string;
}

/**
 * The result of storing a request. `in use`: the connection has a request with this id and without a terminal message. `canceled`: the request was
 * canceled in advance. `taken`: the cache key has the given run, or a slot is in use, or another function was writing one of the records.
 */
export type Creation =
  | { readonly state: 'created' | 'in use' | 'canceled' }
  | { readonly state: 'taken'; readonly run?: string; readonly isSlotInUse: boolean };

/** The result of moving a request. `lost`: the lease was lost. `taken`: the cache key has another run, or another function was writing a record. */
export type Move = 'moved' | 'lost' | 'taken';

/** The slots in use of a connection and of a caller. */
export interface SlotsInUse {
  readonly connection: readonly number[];
  readonly caller: readonly number[];
}

/**
 * The table. Each method is one call to DynamoDB, apart from rare conflicts, so a crash can occur between any two. Reads are strongly consistent and omit expired records.
 * Every call can throw ServiceBusyError.
 */
export interface Store {
  /**
   * Stores a request under a lease, together with its subscription to its run and its slots. Also stores a new run and sets the run of the cache key.
   * Has no effect unless it returns `created`.
   */
  createRequest(request: Request, lease: Lease, newRun?: NewRun): Promise<Creation>;
  /**
   * Moves a request and its subscription to another run. Also stores a new run and sets the run of the cache key. Has no effect unless it returns
   * `moved`.
   */
  moveRequest(request: Request, lease: Lease, from: string, newRun?: NewRun): Promise<Move>;
  /** Lists the slots in use of a connection, and of a caller if it is given. */
  slotsInUse(connectionId: string, caller?: string): Promise<SlotsInUse>;
  /** Lists the requests of a connection. */
  requests(connectionId: string): Promise<Request[]>;
  /** Acquires the lease of a request, unless another worker holds it. */
  acquireRequest(key: RequestKey, lease: Lease): Promise<LeaseResult<Request>>;
  /**
   * Acquires the lease of a request even if another worker holds it. Returns undefined if the request isn't stored, or if API Gateway received it
   * after the given moment.
   */
  takeOverRequest(key: RequestKey, lease: Lease, receivedBy?: number): Promise<Request | undefined>;
  /**
   * Makes `createRequest` reject a request with this key that API Gateway received by the given moment, until `expiresAt` in seconds since the
   * epoch. Returns false, without effect, if such a request is stored.
   */
  cancelInAdvance(key: RequestKey, receivedBy: number, expiresAt: number): Promise<boolean>;
  /** Saves changes and optionally releases the lease. Returns the saved request, or undefined, without effect, if the lease was lost. */
  saveRequest(key: RequestKey, lease: Lease, changes: Partial<Request>, release?: boolean): Promise<Request | undefined>;
  /**
   * Stores the terminal message of a request and other changes, releases its slots, and optionally releases the lease. Returns false, without effect,
   * if the lease was lost.
   */
  endRequest(request: Request, lease: Lease, changes: Partial<Request> & Pick<Request, 'terminalMessage'>, release?: boolean): Promise<boolean>;
  /**
   * Adds credit to the window of a request. Doesn't require a lease. Has no effect on requests without a window. Each early credit is applied once,
   * by its name.
   */
  allowMore(key: RequestKey, request: string, credit: number, early?: string): Promise<void>;
  /** Stores a credit for a result that no request of the connection has joined. */
  storeEarlyCredit(connectionId: string, credit: EarlyCredit): Promise<void>;
  /** Lists the first early credits for a result that API Gateway received at or after the given moment. */
  earlyCredits(connectionId: string, result: string, receivedFrom: number): Promise<EarlyCredit[]>;
  /**
   * Removes the request with this name, but not a later one with the same id, together with its subscription and its slots. Returns its run, or
   * undefined if it isn't stored.
   */
  removeRequest(request: StoredRequest): Promise<string | undefined>;

  /** Stores the identity of a client until it expires, in seconds since the epoch. */
  createIdentity(connectionId: string, identity: Identity, expiresAt: number): Promise<void>;
  identity(connectionId: string): Promise<Identity | undefined>;
  removeIdentity(connectionId: string): Promise<void>;

  /** Returns the name of the latest run for a cache key. See `createCacheKey`. */
  cachedRun(cacheKey: string): Promise<string | undefined>;
  /** Lets a run be the run of its cache key until `expiresAt`, in seconds since the epoch, unless another run has replaced it. */
  expireCachedRun(cacheKey: string, run: string, expiresAt: number): Promise<void>;

  run(run: string): Promise<Run | undefined>;
  acquireRun(run: string, lease: Lease): Promise<LeaseResult<Run>>;
  /** Saves changes and optionally releases the lease. Returns false, without effect, if the lease was lost. */
  saveRun(run: string, lease: Lease, changes: Partial<Run>, release?: boolean): Promise<boolean>;
  /** Removes a run while its lease is held. */
  removeRun(run: string, lease: Lease): Promise<void>;

  /** Removes the subscription of a request that stays stored. */
  unsubscribe(run: string, request: string): Promise<void>;
  subscribers(run: string): Promise<Subscriber[]>;
}

/** Message batches to store, and the progress of the fetch after them. */
export interface ResultChunk extends StoredBatches {
  readonly after: Fetched;
}

/** The fetched and encoded results. They expire. */
export interface Results {
  /**
   * Stores a result chunk of a run, unless a chunk with the same `seq` is stored. An existing chunk is never replaced. Returns the progress of the
   * fetch after the stored chunk.
   */
  store(run: Pick<Run, 'run' | 'expiresAt'>, chunk: ResultChunk): Promise<Fetched>;
  /** Returns the batches that contain the message with this number, or undefined if they aren't stored. */
  find(run: string, seq: number): Promise<StoredBatches | undefined>;
}

/** The WebSocket connections. */
export interface Connections {
  /**
   * Sends one message. Throws ConnectionGoneError if the connection is closed or isn't open yet, and ServiceBusyError if the client's buffer is
   * full.
   */
  post(connectionId: string, message: string): Promise<void>;
  /** Closes a connection. Throws ConnectionGoneError if it is closed or isn't open yet. */
  close(connectionId: string): Promise<void>;
}

/** The delivery queue. */
export interface Queue {
  send(job: Job, delaySeconds?: number): Promise<void>;
  /** Sends several jobs. If it throws, some may have been sent. */
  sendAll(jobs: readonly DelayedJob[]): Promise<void>;
}

/** The dead-letter queue. */
export interface DeadLetters {
  /** Adds a message. An operator can move it back to the delivery queue. */
  add(message: string): Promise<void>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

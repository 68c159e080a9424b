import type { Job } from './jobs';
import type { Lease, Run, RunProgress } from './run';
import type { Column } from '../protocol/messages';

/** A value as the warehouse gives it; an integer outside ±(2^53 − 1) is the text of its digits. */
export type Cell = null | boolean | number | string | Uint8Array;

export interface StatementToStart {
  readonly run: string;
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

/** The Redshift Data API. */
export interface Warehouse {
  /** Starts a statement whose end event carries the run. Starting the same run again has no effect. */
  start(statement: StatementToStart): Promise<void>;
  describe(statementId: string): Promise<StatementDescription>;
  fetchPage(statementId: string, token?: string): Promise<ResultPage>;
}

/** The outcome of asking for the lease of a run. */
export type Claim =
  | { readonly state: 'claimed'; readonly run: Run; readonly lease: Lease }
  | { readonly state: 'held' }
  | { readonly state: 'missing' };

/** Remembers who waits for what. */
export interface Store {
  /** Stores a run under its connection and its name; false when the connection already uses the id. */
  create(run: Run): Promise<boolean>;
  /** Takes the run for this worker until the given time, unless another has it. */
  claim(run: string, until: number): Promise<Claim>;
  /** Writes progress; false when the run is gone or the lease was lost. */
  save(lease: Lease, progress: RunProgress): Promise<boolean>;
  /** Writes progress and gives the lease back; no effect when the run is gone or the lease was lost. */
  release(lease: Lease, progress: RunProgress): Promise<void>;
  /** Frees the id that the client gave to the run. */
  removeRequest(run: Run): Promise<void>;
  /** Removes a run, the id of its client included. */
  remove(run: Run): Promise<void>;
  /** Removes everything stored for a connection and returns how many runs that were. */
  removeConnection(connectionId: string): Promise<number>;
}

/** The WebSocket connections. */
export interface Connections {
  /** Sends one message. Throws ConnectionGone when the connection is closed, or not open yet. */
  post(connectionId: string, message: string): Promise<void>;
}

/** The delivery queue. */
export interface Queue {
  send(job: Job, delaySeconds?: number): Promise<void>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The connection is not there: closed, or not open yet. */
export class ConnectionGone extends Error {
  public readonly name = 'ConnectionGone';
}

/** A service asks to wait: throttled, over a limit that passes, or failing for the moment. */
export class ServiceBusy extends Error {
  public readonly name = 'ServiceBusy';
}

/** The warehouse refused the statement for good: no permission, no such cluster, invalid input. */
export class StatementRefused extends Error {
  public readonly name = 'StatementRefused';
}

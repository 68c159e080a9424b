import type { Clock, Connections, DeadLetters, Lease, Queue, Results, StatementTarget, Store, StatementApi } from './ports';
import type { QueryCatalog } from './query-request';
import type { ConnectionBounds } from '../../protocol/messages';

/** An entry of the log. Field names are snake_case. Entries never contain tokens, parameter values or rows. */
export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** The name of the event, in snake_case. */
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Writes an entry to the log. */
export type Log = (entry: LogEntry) => void;

/** What the end of a connection touches. */
export interface TableServices {
  readonly store: Store;
  readonly queue: Queue;
  readonly log: Log;
  /** Whether the client of every connection is known. */
  readonly identifiesCallers: boolean;
}

/** What a question touches. */
export interface SubmitServices extends TableServices {
  /** The database of new queries; one that was submitted before a deployment may have another. */
  readonly target: StatementTarget;
  readonly statementApi: Pick<StatementApi, 'start'>;
  readonly connections: Connections;
  readonly clock: Clock;
  /** A new name for a run, a request or a lease, never given before. */
  readonly newName: () => string;
  readonly maxQueriesPerConnection: number;
  /** Absent where callers are not known, or not counted. */
  readonly maxQueriesPerCaller?: number;
}

/** What a message of a client touches. */
export interface MessageServices extends SubmitServices, QueryCatalog {
  /** Of the stage, for messages and new connections of all clients together. */
  readonly throttle: Pick<ConnectionBounds, 'messagesPerSecond' | 'burst'>;
}

/** What a request to connect touches. */
export interface ConnectServices extends SubmitServices, QueryCatalog {
  /** The origins whose pages may connect; absent for all. */
  readonly allowedOrigins?: readonly string[];
  /** The keys of the query string that carry credentials, and are no parameters. */
  readonly credentialKeys: readonly string[];
}

/** Everything the core talks to. */
export interface Services extends SubmitServices {
  readonly statementApi: StatementApi;
  readonly results: Results;
  readonly deadLetters: DeadLetters;
}

/** A lease that ends when its holder must be done. */
export function newLease({ newName }: Pick<SubmitServices, 'newName'>, deadline: number): Lease {
  return { holder: newName(), until: deadline };
}

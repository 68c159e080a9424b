import type { Clock, Connections, DeadLetters, Lease, Queue, Results, Store, StatementApi } from './ports';
import type { QueryCatalog } from './query-request';
import type { RecentRejections } from './recent-rejections';
import type { StatementTarget } from './statement-target';
import type { ConnectionLimits } from '../../protocol/messages';

/** An entry of the log. Field names are snake_case. Entries never contain tokens, parameter values or rows. */
export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** The name of the event, in snake_case. */
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Writes an entry to the log. */
export type Log = (entry: LogEntry) => void;

/** The services of OnDisconnect. */
export interface TableServices {
  readonly store: Store;
  readonly queue: Queue;
  readonly log: Log;
  /** Whether callers are known. */
  readonly identifiesCallers: boolean;
}

/** The services that submit queries, and deliver their results. */
export interface QueryServices extends TableServices {
  /** The database of new queries. A query that was submitted before a deployment can have another. */
  readonly target: StatementTarget;
  readonly statementApi: StatementApi;
  /** How long the function that starts a statement waits for its end, in seconds. Omitted for no wait. */
  readonly inlineWaitSeconds?: number;
  /** Omitted if the function uses only results that are stored with their run. */
  readonly results?: Results;
  readonly connections: Connections;
  readonly clock: Clock;
  /** Creates a unique name for a run, a request or a lease. */
  readonly newName: () => string;
  readonly maxQueriesPerConnection: number;
  /** Omitted if callers aren't known or counted. */
  readonly maxQueriesPerCaller?: number;
  readonly recentRejections: RecentRejections;
}

/** The services of OnMessage. */
export interface MessageServices extends QueryServices, QueryCatalog {
  /** The throttle of the stage, for messages and new connections of all clients. */
  readonly throttle: Pick<ConnectionLimits, 'messagesPerSecond' | 'burst'>;
}

/** The services of OnConnect. */
export interface ConnectServices extends QueryServices, QueryCatalog {
  /** The allowed origins of pages. Omitted for all. */
  readonly allowedOrigins?: readonly string[];
  /** The keys of the query string that contain credentials and aren't parameters. */
  readonly credentialKeys: readonly string[];
}

/** The services of SendMessage. */
export interface Services extends QueryServices {
  readonly results: Results;
  readonly deadLetters: DeadLetters;
}

/** Creates a lease that ends at the deadline of its holder. */
export function createLease({ newName }: Pick<QueryServices, 'newName'>, deadline: number): Lease {
  return { holder: newName(), until: deadline };
}

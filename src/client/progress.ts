import type { Clock } from './clock';
import type { QueryBounds } from '../protocol/messages';

/**
 * Where a query is: it waits for a connection (`connecting`), was asked (`asked`), was accepted (`accepted`), waits for its turn in Redshift or, with
 * as many queries in flight as the service allows, in the client (`waiting`), runs in Redshift (`running`), or its rows come (`receiving`).
 */
export interface QueryProgress {
  readonly state: 'connecting' | 'asked' | 'accepted' | 'waiting' | 'running' | 'receiving';
  /** The rows that have come so far. */
  readonly rows: number;
  /** Milliseconds that the query waited in the client while the service allowed no more queries in flight; undefined if it did not wait. */
  readonly queuedMs?: number;
  /** Milliseconds since the run that answers was first asked for, where the service has said so. */
  readonly elapsedMs?: number;
  /** Whether a run that somebody else had started answers; known once the query is accepted. */
  readonly shared?: boolean;
  /** Whether that run had ended already; known once the query is accepted. */
  readonly cached?: boolean;
  /** How long the query may take, and after how many rows and bytes it is cut; known once it is accepted, where the service says so. */
  readonly limits?: QueryBounds;
}

/** What a caller has been told of its query. */
export class ProgressReport {
  private progress: QueryProgress = { state: 'connecting', rows: 0 };
  private queuedAt?: number;

  constructor(private readonly clock: Clock) {}

  public changed(change: Partial<QueryProgress>): QueryProgress {
    this.progress = { ...this.progress, ...change };
    return this.progress;
  }

  /** The query waits in the client from now on. */
  public queued(rows: number): QueryProgress {
    this.queuedAt ??= this.clock.now();
    return this.changed({ state: 'waiting', rows });
  }

  /** The query was submitted. */
  public submitted(rows: number): QueryProgress {
    const queuedMs = this.queuedAt === undefined ? {} : { queuedMs: this.clock.now() - this.queuedAt };
    return this.changed({ state: rows > 0 ? 'receiving' : 'asked', rows, ...queuedMs });
  }
}

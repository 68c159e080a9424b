import type { QueryLimits } from '../../protocol/messages';
import type { Clock } from '../timing/clock';

/** The progress of a query. */
export interface QueryProgress {
  /**
   * - `connecting`: the query waits for a connection
   * - `submitted`: the client sent the query
   * - `accepted`: the service accepted the query
   * - `waiting`: the query is queued, in the client because the maximum number of queries is in flight, or in the service
   * - `running`: Redshift runs the statement
   * - `receiving`: rows arrive
   */
  readonly state: 'connecting' | 'submitted' | 'accepted' | 'waiting' | 'running' | 'receiving';
  /** Number of rows that have arrived. */
  readonly rows: number;
  /** Milliseconds that the query was queued in the client; undefined if it was not queued. */
  readonly queuedMs?: number;
  /** Milliseconds since the run was first requested; undefined until the service sends it. */
  readonly elapsedMs?: number;
  /** Whether the query shares a run that another query started; undefined until the query is accepted. */
  readonly shared?: boolean;
  /** Whether the shared run had ended; undefined until the query is accepted. */
  readonly cached?: boolean;
  /** The limits of the query; undefined until the query is accepted, and if the service doesn't send them. */
  readonly limits?: QueryLimits;
}

/** Tracks the progress that the caller receives. */
export class ProgressTracker {
  private progress: QueryProgress = { state: 'connecting', rows: 0 };
  private queuedAt?: number;

  constructor(private readonly clock: Clock) {}

  public update(change: Partial<QueryProgress>): QueryProgress {
    this.progress = { ...this.progress, ...change };
    return this.progress;
  }

  /** Handles that the query is queued in the client. */
  public queued(rows: number): QueryProgress {
    this.queuedAt ??= this.clock.now();
    return this.update({ state: 'waiting', rows });
  }

  /** Handles that the client sent the query. */
  public submitted(rows: number): QueryProgress {
    const queuedMs = this.queuedAt === undefined ? {} : { queuedMs: this.clock.now() - this.queuedAt };
    return this.update({ state: rows > 0 ? 'receiving' : 'submitted', rows, ...queuedMs });
  }
}

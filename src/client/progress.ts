import type { QueryBounds } from '../protocol/messages';

/**
 * Where a query is: it waits for a connection (`connecting`), was asked (`asked`), was accepted (`accepted`), waits for its turn in Redshift
 * (`waiting`), runs there (`running`), or its rows come (`receiving`).
 */
export interface QueryProgress {
  readonly state: 'connecting' | 'asked' | 'accepted' | 'waiting' | 'running' | 'receiving';
  /** The rows that have come so far. */
  readonly rows: number;
  /** Milliseconds since the run that answers was first asked for, where the service has said so. */
  readonly elapsedMs?: number;
  /** Whether a run that somebody else had started answers; known once the query is accepted. */
  readonly shared?: boolean;
  /** Whether that run had ended already; known once the query is accepted. */
  readonly cached?: boolean;
  /** How long the query may take, and after how many rows and bytes it is cut; known once it is accepted, where the service says so. */
  readonly limits?: QueryBounds;
}

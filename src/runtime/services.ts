import type { Clock, Connections, Queue, Store, Warehouse } from './ports';
import type { Queries } from './question';

/** Writes one entry to the log; never a token, a parameter value or a row. */
export type Log = (entry: { readonly notice: string } & Readonly<Record<string, unknown>>) => void;

/** Everything the core talks to. */
export interface Services {
  readonly queries: Queries;
  readonly warehouse: Warehouse;
  readonly store: Store;
  readonly connections: Connections;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly log: Log;
  /** A new name for a run, never given before. */
  readonly newRunName: () => string;
}

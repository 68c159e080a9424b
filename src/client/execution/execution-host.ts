import type { Connection } from '../connection/connection';
import type { Settings } from '../options';
import type { QueryProgress } from '../query/query-progress';
import type { RowBuffer } from '../rows/row-buffer';

/** The functions of the client that a query execution uses, and the events that it reports. */
export interface ExecutionHost<Execution> {
  readonly settings: Settings;
  /** Whether the client accepts compressed rows. */
  acceptsCompression: boolean;
  newId(): string;
  /** Sets the only id of the execution in the protocol; undefined if it isn't in flight. */
  setId(execution: Execution, id: string | undefined): void;
  /** Submits the query when there is a connection with room for it. */
  submit(execution: Execution): void;
  /** Reports that the service rejected the query because of the maximum number of queries in flight. */
  rejected(limit: number | undefined): void;
  /** Reports that the service can send more messages of a result on a connection. */
  creditSent(connection: Connection, result: string, credit: number): void;
  accepted(execution: Execution): void;
  rowsReceived(execution: Execution): void;
  completed(): void;
  /** Reports that the execution needs no connection until the caller reads the buffered rows. */
  suspended(): void;
  /** Reports that the execution no longer uses its previous connection. */
  previousReleased(): void;
  ended(execution: Execution): void;
}

/** The part of a query that the caller sees. */
export interface Caller {
  readonly rowBuffer: RowBuffer;
  /** Returns the maximum number of buffered messages; undefined for no maximum. */
  window(): number | undefined;
  onProgress(progress: QueryProgress): void;
  onEnded(): void;
}

import { createRowReader } from './row-values';
import type { RowFormat, ValueOptions } from './row-values';
import type { Column, Timing, WireValue } from '../../protocol/messages';

/** Consecutive rows of a result, as they arrived. */
export interface Batch<Row> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  /** Number of rows before this batch. */
  readonly offset: number;
}

/** How a query ended. */
export interface Completion {
  /** Number of rows in the result. */
  readonly rows: number;
  /** Size of the `rows` messages in bytes, before compression. */
  readonly bytes: number;
  /** Whether the service truncated the result at its maximum number of rows or its maximum size. */
  readonly truncated: boolean;
  /** The duration of each stage of the pipeline. */
  readonly timing: Timing;
}

/** Buffers rows until the caller reads them, and stores the outcome of the query. */
export class RowBuffer {
  public columns: readonly Column[] = [];
  public completion?: Completion;
  public error?: { readonly reason: unknown };
  /** Number of rows that the caller has read in batches. */
  public deliveredRows = 0;
  private batches: Batch<unknown>[] = [];
  private readRow?: (row: readonly WireValue[]) => unknown;
  private wakeReader?: () => void;

  constructor(
    private readonly format: RowFormat,
    private readonly valueOptions: ValueOptions,
    /** Returns whether the caller reads all rows at the end. */
    private readonly collectsAll: () => boolean,
    private readonly onBatchTaken: () => void,
  ) {}

  public get isEnded(): boolean {
    return this.completion !== undefined || this.error !== undefined;
  }

  /** Number of batches that the caller has not read; 0 if the caller reads all rows at the end. */
  public get unreadBatches(): number {
    return this.collectsAll() ? 0 : this.batches.length;
  }

  /** Adds the rows of a message. Throws if they are invalid. */
  public add(offset: number, rows: readonly (readonly WireValue[])[], columns?: readonly Column[]): void {
    if (columns !== undefined) {
      this.columns = columns;
      this.readRow = createRowReader(columns, this.format, this.valueOptions);
    }
    this.batches.push({ rows: rows.map(this.readRow!), columns: this.columns, offset });
    this.notifyReader();
  }

  public complete(completion: Completion): void {
    this.completion = completion;
    this.notifyReader();
  }

  public fail(reason: unknown): void {
    this.error = { reason };
    this.batches = [];
    this.notifyReader();
  }

  /** Discards the rows, because the service sends them again. */
  public clear(): void {
    this.batches = [];
    this.columns = [];
  }

  /** Returns the next batch with rows; undefined at the end. Rejects with the error of the query. */
  public async next(): Promise<Batch<unknown> | undefined> {
    for (;;) {
      const batch = this.batches.shift();
      if (batch !== undefined) {
        this.deliveredRows += batch.rows.length;
        this.onBatchTaken();
        if (batch.rows.length > 0) {
          return batch;
        }
      } else if (this.error !== undefined) {
        throw this.error.reason;
      } else if (this.completion !== undefined) {
        return undefined;
      } else {
        await new Promise<void>((resolve) => {
          this.wakeReader = resolve;
        });
      }
    }
  }

  /** Returns all rows when the query has completed. Rejects with the error of the query. */
  public async all(): Promise<readonly unknown[]> {
    while (!this.isEnded) {
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve;
      });
    }
    if (this.error !== undefined) {
      throw this.error.reason;
    }
    const rows = this.batches.flatMap((batch) => batch.rows);
    this.batches = [];
    return rows;
  }

  private notifyReader(): void {
    this.wakeReader?.();
    this.wakeReader = undefined;
  }
}

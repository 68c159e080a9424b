import { rowReader } from './values';
import type { RowFormat, ValueOptions } from './values';
import type { Column, Timing, WireValue } from '../protocol/messages';

/** Some rows of an answer, as they came. */
export interface Batch<Row> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  /** How many rows came before these. */
  readonly offset: number;
}

/** How an answer ended. */
export interface Completion {
  /** How many rows there are. */
  readonly rows: number;
  /** The bytes of the messages that carried them, before compression. */
  readonly bytes: number;
  /** Whether the rows were cut at the largest number, or the largest size, that the service allows the query. */
  readonly truncated: boolean;
  /** Where the time went. */
  readonly timing: Timing;
}

/** Rows on their way from the service to the caller, and the end of them. */
export class Inbox {
  public columns: readonly Column[] = [];
  public completion?: Completion;
  public error?: { readonly reason: unknown };
  /** How many rows the caller has been given, in batches: what cannot be taken back. */
  public handedOut = 0;
  private batches: Batch<unknown>[] = [];
  private read?: (row: readonly WireValue[]) => unknown;
  private wake?: () => void;

  constructor(
    private readonly format: RowFormat,
    private readonly values: ValueOptions,
    /** Whether the rows are kept for one who takes them all at the end. */
    public keepsAll: () => boolean,
    private readonly taken: () => void,
  ) {}

  public get isEnded(): boolean {
    return this.completion !== undefined || this.error !== undefined;
  }

  /** How many batches wait for the caller; none where the caller takes all at the end. */
  public get waiting(): number {
    return this.keepsAll() ? 0 : this.batches.length;
  }

  /** Takes the rows of a message. Throws what is wrong with them. */
  public put(offset: number, rows: readonly (readonly WireValue[])[], columns?: readonly Column[]): void {
    if (columns !== undefined) {
      this.columns = columns;
      this.read = rowReader(columns, this.format, this.values);
    }
    this.batches.push({ rows: rows.map(this.read!), columns: this.columns, offset });
    this.wakeUp();
  }

  public complete(completion: Completion): void {
    this.completion = completion;
    this.wakeUp();
  }

  public fail(reason: unknown): void {
    this.error = { reason };
    this.batches = [];
    this.wakeUp();
  }

  /** Forgets what came, since it comes anew. */
  public clear(): void {
    this.batches = [];
    this.columns = [];
  }

  /** The next batch that has rows; undefined at the end. Rejects with what the query failed of. */
  public async next(): Promise<Batch<unknown> | undefined> {
    for (;;) {
      const batch = this.batches.shift();
      if (batch !== undefined) {
        this.handedOut += batch.rows.length;
        this.taken();
        if (batch.rows.length > 0) {
          return batch;
        }
      } else if (this.error !== undefined) {
        throw this.error.reason;
      } else if (this.completion !== undefined) {
        return undefined;
      } else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    }
  }

  /** All rows, once they are there. */
  public async all(): Promise<readonly unknown[]> {
    while (!this.isEnded) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.error !== undefined) {
      throw this.error.reason;
    }
    const rows = this.batches.flatMap((batch) => batch.rows);
    this.batches = [];
    return rows;
  }

  private wakeUp(): void {
    this.wake?.();
    this.wake = undefined;
  }
}

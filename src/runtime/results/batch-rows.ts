import { countMessages } from './message-batch';
import { OpenBatch } from './open-batch';
import type { Cut } from './open-batch';
import { encodeRow, createTooLargeError } from './row-messages';
import { MAX_MESSAGE_BYTES } from '../../protocol/limits';
import type { Column } from '../../protocol/messages';
import type { RejectedRequestError } from '../model/errors';
import type { ResultChunk, ResultPage } from '../model/ports';
import type { Query } from '../model/query-request';
import type { Fetched } from '../model/run';
import type { MessageBatch } from '../model/stored-batches';

/** The limits at which a result is truncated. */
export type ResultLimits = Pick<Query, 'maxRows' | 'maxResultBytes'>;

interface PageStart {
  readonly token?: string;
  /** Number of the page's first row in the result. */
  readonly firstRow: number;
}

/**
 * Encodes the pages of a result into message batches. Batches can span pages. Starts with the first row that isn't stored. Rows that don't fill a
 * batch wait for the next page.
 */
export class RowBatcher {
  /** Why no more rows are accepted. */
  public stop?: 'truncated' | RejectedRequestError;
  /** The progress of the encoding. */
  private progress: Fetched;
  private batches: MessageBatch[] = [];
  private open?: OpenBatch;
  private columns: readonly Column[] = [];
  /** The pages with rows that aren't in a batch, and the next page. */
  private pages: PageStart[];
  private hasNextPage = true;
  /** Compression ratio of the last batch: compressed bytes per byte. */
  private density?: number;

  constructor(private readonly result: string, start: Fetched, private readonly limits: ResultLimits) {
    this.progress = start;
    this.pages = [{ token: start.token, firstRow: start.rows - start.rowsOfPage }];
  }

  /** The token of the page to add next. */
  public get token(): string | undefined {
    return this.pages.at(-1)!.token;
  }

  /** Number of the first message that isn't in a batch. */
  public get nextSeq(): number {
    return this.progress.seq;
  }

  /** Whether no more pages follow. */
  public get isWhole(): boolean {
    return this.stop !== undefined || !this.hasNextPage;
  }

  /** Encodes the next page. */
  public add({ columns, rows, nextToken }: ResultPage): void {
    if (!this.begin(columns)) {
      return;
    }
    let rowsToSkip = this.open!.nextRow - this.pages.at(-1)!.firstRow;
    for (const row of rows) {
      if (rowsToSkip > 0) {
        rowsToSkip -= 1;
      } else if (!this.addRow(encodeRow(row))) {
        return;
      }
    }
    this.hasNextPage = nextToken !== undefined;
    if (this.hasNextPage) {
      this.pages.push({ token: nextToken, firstRow: this.open!.nextRow });
    }
  }

  /** Returns the batches since the last call, and with `all` also the remaining rows. Returns undefined for none. */
  public take(all: boolean): ResultChunk | undefined {
    while (all && this.open !== undefined && !this.open.isEmpty) {
      this.close(this.open, this.open.lastCut());
    }
    const { batches, progress } = this;
    this.batches = [];
    return batches.length === 0 ? undefined : { seq: progress.seq - countMessages(batches), batches, after: progress };
  }

  /** Adds the columns to the first message, even without rows. Returns false if the columns exceed a limit. */
  private begin(columns: readonly Column[]): boolean {
    if (this.open !== undefined) {
      return true;
    }
    this.columns = columns;
    this.open = this.nextBatch();
    if (this.progress.seq > 0) {
      return true;
    }
    const message = this.open.nextMessage();
    if (this.isStopped(message.bytes, message.bytes, () => `The list of columns takes ${message.bytes} bytes as JSON`)) {
      return false;
    }
    this.open.begin(message);
    return true;
  }

  private nextBatch(): OpenBatch {
    const { result, progress: { seq, rows: offset } } = this;
    return new OpenBatch({ result, seq, offset }, this.columns, this.density);
  }

  /** Returns false if this row or a previous one exceeds a limit. */
  private addRow(row: string): boolean {
    const bytes = Buffer.byteLength(row);
    const open = this.open!;
    const message = open.messageFor(bytes);
    const cut = open.cutBefore(message);
    if (cut !== undefined) {
      return this.close(open, cut) && this.addRow(row);
    }
    if (open.nextRow >= (this.limits.maxRows ?? Infinity)) {
      this.stop = 'truncated';
      return false;
    }
    const added = message.bytesWith(bytes) - (open.has(message) ? message.bytes : 0);
    if (this.isStopped(added, message.bytesWith(bytes), () => `Row ${open.nextRow + 1} takes ${bytes} bytes as JSON`)) {
      return false;
    }
    open.add(message, row, bytes);
    const full = open.fullCut();
    return full === undefined || this.close(open, full);
  }

  /** Whether a message exceeds a limit. `added` is the number of bytes that it adds to the result. */
  private isStopped(added: number, bytes: number, what: () => string): boolean {
    if (this.progress.bytes + this.open!.bytes + added > (this.limits.maxResultBytes ?? Infinity)) {
      this.stop = 'truncated';
      return true;
    }
    if (bytes > MAX_MESSAGE_BYTES) {
      this.stop = createTooLargeError(what());
      return true;
    }
    return false;
  }

  /** Closes the batch at a cut. The remaining rows start the next batch. Returns false if a remaining row exceeds a limit. */
  private close(open: OpenBatch, cut: Cut): boolean {
    const { rows, bytes, batch } = cut;
    const { progress } = this;
    this.batches.push(batch);
    this.progress = {
      seq: progress.seq + batch.lengths.length,
      rows: progress.rows + rows,
      bytes: progress.bytes + bytes,
      compressedBytes: progress.compressedBytes + batch.data.length,
      ...this.placeOf(progress.rows + rows),
    };
    this.density = batch.data.length / bytes;
    this.open = this.nextBatch();
    return open.rowsAfter(cut).every((row) => this.addRow(row));
  }

  /** The page that contains a row, and the number of rows of the page before it. */
  private placeOf(row: number): Pick<Fetched, 'token' | 'rowsOfPage'> {
    const page = this.pages.filter(({ firstRow }) => firstRow <= row).at(-1)!;
    this.pages = this.pages.slice(this.pages.indexOf(page));
    return { ...(page.token === undefined ? {} : { token: page.token }), rowsOfPage: row - page.firstRow };
  }
}

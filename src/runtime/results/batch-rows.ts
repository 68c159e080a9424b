import { EncodedRows } from './encoded-rows';
import { countMessages } from './message-batch';
import { OpenBatch } from './open-batch';
import type { ClosedBatch } from './open-batch';
import { MAX_MESSAGE_BYTES } from '../../protocol/limits';
import type { Column } from '../../protocol/messages';
import { RejectedRequestError } from '../model/errors';
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
  /** The rows of the open batch, and the next one. */
  private readonly encoded = new EncodedRows();
  private columns: readonly Column[] = [];
  /** The pages with rows that aren't in a batch, and the next page. */
  private pages: PageStart[];
  private hasNextPage = true;
  /** Compression ratio of the last batch, or of the stored ones: compressed bytes per byte. */
  private ratio: number;

  constructor(private readonly result: string, start: Fetched, private readonly limits: ResultLimits) {
    this.progress = start;
    this.ratio = start.bytes > 0 ? start.compressedBytes / start.bytes : 1;
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
      } else {
        this.encoded.add(row);
        if (!this.addRows()) {
          return;
        }
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
      this.store(this.open.close(this.encoded));
      this.addRows();
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
    const { result, progress: { seq, rows: offset }, columns, ratio } = this;
    return new OpenBatch({ result, seq, offset }, columns, ratio);
  }

  /** Adds all encoded rows to a batch. Returns false if a row exceeds a limit. */
  private addRows(): boolean {
    while (this.open!.rows < this.encoded.count) {
      if (!this.addRow(this.encoded.bytesOf(this.open!.rows))) {
        return false;
      }
    }
    return true;
  }

  /** Adds the next encoded row to the batch, or closes the batch if it is full. Returns false if the row exceeds a limit. */
  private addRow(bytes: number): boolean {
    const open = this.open!;
    const message = open.messageFor(bytes);
    if (this.store(open.closeBefore(message, this.encoded))) {
      return true;
    }
    if (open.nextRow >= (this.limits.maxRows ?? Infinity)) {
      this.stop = 'truncated';
      return false;
    }
    const added = message.bytesWith(bytes) - (open.has(message) ? message.bytes : 0);
    if (this.isStopped(added, message.bytesWith(bytes), () => `Row ${open.nextRow + 1} takes ${bytes} bytes as JSON`)) {
      return false;
    }
    open.add(message, bytes);
    this.store(open.closeIfFull(this.encoded));
    return true;
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

  /** Adds a closed batch, if there is one, and begins the next. */
  private store(closed: ClosedBatch | undefined): boolean {
    if (closed === undefined) {
      return false;
    }
    const { rows, bytes, batch } = closed;
    const { progress } = this;
    this.batches.push(batch);
    this.progress = {
      seq: progress.seq + batch.lengths.length,
      rows: progress.rows + rows,
      bytes: progress.bytes + bytes,
      compressedBytes: progress.compressedBytes + batch.data.length,
      ...this.placeOf(progress.rows + rows),
    };
    this.ratio = batch.data.length / bytes;
    this.encoded.removeFirst(rows);
    this.open = this.nextBatch();
    return true;
  }

  /** The page that contains a row, and the number of rows of the page before it. */
  private placeOf(row: number): Pick<Fetched, 'token' | 'rowsOfPage'> {
    const page = this.pages.filter(({ firstRow }) => firstRow <= row).at(-1)!;
    this.pages = this.pages.slice(this.pages.indexOf(page));
    return { ...(page.token === undefined ? {} : { token: page.token }), rowsOfPage: row - page.firstRow };
  }
}

/** Creates the error for a row or a list of columns that exceeds the size of a message. */
function createTooLargeError(what: string): RejectedRequestError {
  return new RejectedRequestError('row_too_large', `${what}, which exceeds the limit of ${MAX_MESSAGE_BYTES} bytes for a message. Select fewer or shorter columns.`);
}

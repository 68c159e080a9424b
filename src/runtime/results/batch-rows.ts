import { messagesOf } from './message-batch';
import { OpenBatch } from './open-batch';
import type { Cut } from './open-batch';
import { encodeRow, tooLarge } from './row-messages';
import { MAXIMUM_MESSAGE_BYTES } from '../../protocol/messages';
import type { Column } from '../../protocol/messages';
import type { RejectedRequestError } from '../model/errors';
import type { MessageBatch, ResultChunk, ResultPage } from '../model/ports';
import type { Query } from '../model/query-request';
import type { Fetched } from '../model/run';

/** Where a result is cut. */
export type ResultLimits = Pick<Query, 'maxRows' | 'maxResultBytes'>;

interface PageStart {
  readonly token?: string;
  /** The number of its first row in the result. */
  readonly firstRow: number;
}

/**
 * Encodes a result page by page into packs, whose bounds know nothing of those of pages: it begins with the first row that is not kept yet, and what
 * does not fill a pack waits for the next page.
 */
export class RowBatcher {
  /** Why no further row is taken, though there is one. */
  public stop?: 'truncated' | RejectedRequestError;
  /** How far the result is packed. */
  private packed: Fetched;
  private batches: MessageBatch[] = [];
  private open?: OpenBatch;
  private columns: readonly Column[] = [];
  /** The pages that have rows which are not packed yet, and the one to come. */
  private pages: PageStart[];
  private hasNextPage = true;
  /** How many bytes a byte of the last pack was compressed to. */
  private density?: number;

  constructor(private readonly result: string, kept: Fetched, private readonly limits: ResultLimits) {
    this.packed = kept;
    this.pages = [{ token: kept.token, firstRow: kept.rows - kept.rowsOfPage }];
  }

  /** The token of the page to add next. */
  public get token(): string | undefined {
    return this.pages.at(-1)!.token;
  }

  /** The number of the first message that is not packed yet. */
  public get nextSeq(): number {
    return this.packed.seq;
  }

  /** Whether no page is to come. */
  public get isWhole(): boolean {
    return this.stop !== undefined || !this.hasNextPage;
  }

  /** Encodes the next page. */
  public add({ columns, rows, nextToken }: ResultPage): void {
    if (!this.begin(columns)) {
      return;
    }
    let keptOfPage = this.open!.nextRow - this.pages.at(-1)!.firstRow;
    for (const row of rows) {
      if (keptOfPage > 0) {
        keptOfPage -= 1;
      } else if (!this.addRow(encodeRow(row))) {
        return;
      }
    }
    this.hasNextPage = nextToken !== undefined;
    if (this.hasNextPage) {
      this.pages.push({ token: nextToken, firstRow: this.open!.nextRow });
    }
  }

  /** What was packed since the last time, and with `all` the rows that wait for more; undefined where there is nothing. */
  public take(all: boolean): ResultChunk | undefined {
    while (all && this.open !== undefined && !this.open.isEmpty) {
      this.close(this.open, this.open.lastCut());
    }
    const { batches, packed } = this;
    this.batches = [];
    return batches.length === 0 ? undefined : { seq: packed.seq - messagesOf(batches), batches, after: packed };
  }

  /** The columns are in the first message, whether or not there are rows; false where they are not taken. */
  private begin(columns: readonly Column[]): boolean {
    if (this.open !== undefined) {
      return true;
    }
    this.columns = columns;
    this.open = this.nextBatch();
    if (this.packed.seq > 0) {
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
    const { result, packed: { seq, rows: offset } } = this;
    return new OpenBatch({ result, seq, offset }, this.columns, this.density);
  }

  /** False when the row, or one before it, is not taken any more. */
  private addRow(text: string): boolean {
    const bytes = Buffer.byteLength(text);
    const open = this.open!;
    const message = open.messageFor(bytes);
    const cut = open.cutBefore(message);
    if (cut !== undefined) {
      return this.close(open, cut) && this.addRow(text);
    }
    if (open.nextRow >= (this.limits.maxRows ?? Infinity)) {
      this.stop = 'truncated';
      return false;
    }
    const added = message.bytesWith(bytes) - (open.has(message) ? message.bytes : 0);
    if (this.isStopped(added, message.bytesWith(bytes), () => `Row ${open.nextRow + 1} takes ${bytes} bytes as JSON`)) {
      return false;
    }
    open.add(message, text, bytes);
    const full = open.fullCut();
    return full === undefined || this.close(open, full);
  }

  /** Whether a message of so many bytes, which adds so many to the result, may not be: then nothing more is taken. */
  private isStopped(added: number, bytes: number, what: () => string): boolean {
    if (this.packed.bytes + this.open!.bytes + added > (this.limits.maxResultBytes ?? Infinity)) {
      this.stop = 'truncated';
      return true;
    }
    if (bytes > MAXIMUM_MESSAGE_BYTES) {
      this.stop = tooLarge(what());
      return true;
    }
    return false;
  }

  /** Packs the part of the open pack that is cut off; the rest begins the next one. False when not all of the rest is taken any more. */
  private close(open: OpenBatch, cut: Cut): boolean {
    const { rows, bytes, batch } = cut;
    const { packed } = this;
    this.batches.push(batch);
    this.packed = {
      seq: packed.seq + batch.lengths.length,
      rows: packed.rows + rows,
      bytes: packed.bytes + bytes,
      compressedBytes: packed.compressedBytes + batch.data.length,
      ...this.placeOf(packed.rows + rows),
    };
    this.density = batch.data.length / bytes;
    this.open = this.nextBatch();
    return open.textsAfter(cut).every((text) => this.addRow(text));
  }

  /** The page in which a row is, and how many rows of the page come before it. */
  private placeOf(row: number): Pick<Fetched, 'token' | 'rowsOfPage'> {
    const page = this.pages.filter(({ firstRow }) => firstRow <= row).at(-1)!;
    this.pages = this.pages.slice(this.pages.indexOf(page));
    return { ...(page.token === undefined ? {} : { token: page.token }), rowsOfPage: row - page.firstRow };
  }
}

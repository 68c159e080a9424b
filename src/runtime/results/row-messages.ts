import { MAX_MESSAGE_BYTES } from '../../protocol/limits';
import type { Column } from '../../protocol/messages';
import { RejectedRequestError } from '../model/errors';
import type { Cell } from '../model/ports';

/** The position of a message in a result. */
export interface Position {
  readonly result: string;
  readonly seq: number;
  readonly offset: number;
}

const TAIL = ']}';

/** An open `rows` message of at most 32 KB. The first message of a result contains the columns. */
export class OpenMessage {
  /** Current size of the message, in bytes. */
  public bytes: number;
  private readonly head: string;
  private readonly encodedRows: string[] = [];

  constructor(public readonly position: Position, columns: readonly Column[]) {
    const fields = JSON.stringify({ type: 'rows', ...position, ...(position.seq === 0 ? { columns } : {}) });
    this.head = `${fields.slice(0, -1)},"rows":[`;
    this.bytes = Buffer.byteLength(this.head) + TAIL.length;
  }

  public get rows(): number {
    return this.encodedRows.length;
  }

  /** Size of the message with one more row, in bytes. */
  public bytesWith(bytes: number): number {
    return this.bytes + bytes + (this.encodedRows.length > 0 ? 1 : 0);
  }

  /** Adds a row that is encoded as JSON. */
  public add(row: string, bytes: number): void {
    this.bytes = this.bytesWith(bytes);
    this.encodedRows.push(row);
  }

  /** The rows from an index on. */
  public rowsFrom(row: number): string[] {
    return this.encodedRows.slice(Math.max(0, row));
  }

  /** The message with its first rows. */
  public toJson(rows: number): string {
    return `${this.head}${this.encodedRows.slice(0, rows).join(',')}${TAIL}`;
  }
}

/** Encodes a row as JSON without loss. */
export function encodeRow(row: readonly Cell[]): string {
  return row.every(isLossless) ? JSON.stringify(row) : `[${row.map(encodeCell).join(',')}]`;
}

/** Whether JSON.stringify encodes a value without loss. */
function isLossless(cell: Cell): boolean {
  return typeof cell === 'number' ? Number.isFinite(cell) && !Object.is(cell, -0) : !(cell instanceof Uint8Array);
}

/** Encodes a value as JSON without loss. */
export function encodeCell(cell: Cell): string {
  if (typeof cell === 'number') {
    return encodeNumber(cell);
  }
  if (cell instanceof Uint8Array) {
    return JSON.stringify(Buffer.from(cell).toString('base64'));
  }
  return JSON.stringify(cell);
}

function encodeNumber(value: number): string {
  if (Object.is(value, -0)) {
    return '-0';
  }
  return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
}

/** Creates the error for a row or a list of columns that exceeds the size of a message. */
export function createTooLargeError(what: string): RejectedRequestError {
  return new RejectedRequestError('row_too_large', `${what}, which exceeds the limit of ${MAX_MESSAGE_BYTES} bytes for a message. Select fewer or shorter columns.`);
}

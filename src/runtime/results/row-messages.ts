import { MAXIMUM_MESSAGE_BYTES } from '../../protocol/messages';
import type { Column } from '../../protocol/messages';
import { RejectedRequestError } from '../model/errors';
import type { Cell } from '../model/ports';

/** Where in a result a message stands. */
export interface Position {
  readonly result: string;
  readonly seq: number;
  readonly offset: number;
}

const TAIL = ']}';

/** A `rows` message of at most 32 KB that is being filled; the first of a result has the columns. */
export class OpenMessage {
  /** Of the whole message as it is. */
  public bytes: number;
  private readonly head: string;
  private readonly texts: string[] = [];

  constructor(public readonly position: Position, columns: readonly Column[]) {
    const fields = JSON.stringify({ type: 'rows', ...position, ...(position.seq === 0 ? { columns } : {}) });
    this.head = `${fields.slice(0, -1)},"rows":[`;
    this.bytes = Buffer.byteLength(this.head) + TAIL.length;
  }

  public get rows(): number {
    return this.texts.length;
  }

  /** The bytes of the message with one more row, which has so many. */
  public bytesWith(bytes: number): number {
    return this.bytes + bytes + (this.texts.length > 0 ? 1 : 0);
  }

  /** Adds a row that is JSON already. */
  public add(text: string, bytes: number): void {
    this.bytes = this.bytesWith(bytes);
    this.texts.push(text);
  }

  /** The rows from the given one on. */
  public textsFrom(row: number): string[] {
    return this.texts.slice(Math.max(0, row));
  }

  /** The message with so many of its rows. */
  public text(rows: number): string {
    return `${this.head}${this.texts.slice(0, rows).join(',')}${TAIL}`;
  }
}

/** A row as JSON text that loses nothing. */
export function encodeRow(row: readonly Cell[]): string {
  return row.every(isPlain) ? JSON.stringify(row) : `[${row.map(encodeCell).join(',')}]`;
}

/** Whether JSON.stringify loses nothing of a value. */
function isPlain(cell: Cell): boolean {
  return typeof cell === 'number' ? Number.isFinite(cell) && !Object.is(cell, -0) : !(cell instanceof Uint8Array);
}

/** A value as JSON text that loses nothing. */
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

/** What ends a result at a row, or a list of columns, that no message can carry. */
export function tooLarge(what: string): RejectedRequestError {
  return new RejectedRequestError('row_too_large', `${what}; a message carries at most ${MAXIMUM_MESSAGE_BYTES} bytes. Select fewer or shorter columns.`);
}

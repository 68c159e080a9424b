import type { Cell } from './ports';
import { Refusal } from './refusal';
import { MAXIMUM_MESSAGE_BYTES } from '../protocol/messages';
import type { Column } from '../protocol/messages';

/** Where in a result the next message stands. */
export interface Position {
  readonly result: string;
  readonly seq: number;
  readonly offset: number;
}

/** One encoded `rows` message. */
export interface EncodedRows {
  readonly text: string;
  readonly bytes: number;
  readonly rows: number;
}

const SUFFIX = ']}';

/**
 * Encodes the rows of a page into messages of at most 32 KB, one at a time, the columns in the first message of the result.
 * Throws a Refusal when a row, or the list of columns, is too large for a message.
 */
export function* encodeRows(start: Position, columns: readonly Column[], rows: Iterable<readonly Cell[]>): Generator<EncodedRows> {
  let { seq, offset } = start;
  let message = open({ result: start.result, seq, offset }, columns);
  for (const row of rows) {
    const text = encodeRow(row);
    if (!message.add(text)) {
      if (!message.isSpare()) {
        yield message.close();
        offset += message.rows;
        seq += 1;
      }
      message = open({ result: start.result, seq, offset }, columns);
      if (!message.add(text)) {
        throw tooLarge(`Row ${offset + 1} takes ${Buffer.byteLength(text)} bytes as JSON`);
      }
    }
  }
  if (!message.isSpare()) {
    yield message.close();
  }
}

/** A message that is being filled. */
class OpenMessage {
  public rows = 0;
  private readonly texts: string[] = [];
  private bytes: number;

  constructor(private readonly prefix: string, private readonly hasColumns: boolean) {
    this.bytes = Buffer.byteLength(prefix) + SUFFIX.length;
    if (this.bytes > MAXIMUM_MESSAGE_BYTES) {
      throw tooLarge(`The list of columns takes ${this.bytes} bytes as JSON`);
    }
  }

  /** Adds a row, or returns false when it does not fit any more. */
  public add(text: string): boolean {
    const bytes = this.bytes + Buffer.byteLength(text) + (this.rows > 0 ? 1 : 0);
    if (bytes > MAXIMUM_MESSAGE_BYTES) {
      return false;
    }
    this.bytes = bytes;
    this.rows += 1;
    this.texts.push(text);
    return true;
  }

  /** Whether nothing would be lost by not sending it. */
  public isSpare(): boolean {
    return this.rows === 0 && !this.hasColumns;
  }

  public close(): EncodedRows {
    return { text: `${this.prefix}${this.texts.join(',')}${SUFFIX}`, bytes: this.bytes, rows: this.rows };
  }
}

function open(position: Position, columns: readonly Column[]): OpenMessage {
  const hasColumns = position.seq === 0;
  const head = JSON.stringify({ type: 'rows', ...position, ...(hasColumns ? { columns } : {}) });
  return new OpenMessage(`${head.slice(0, -1)},"rows":[`, hasColumns);
}

function encodeRow(row: readonly Cell[]): string {
  return `[${row.map(encodeCell).join(',')}]`;
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

function tooLarge(what: string): Refusal {
  return new Refusal('row_too_large', `${what}; a message carries at most ${MAXIMUM_MESSAGE_BYTES} bytes. Select fewer or shorter columns.`);
}

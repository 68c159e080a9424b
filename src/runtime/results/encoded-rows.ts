import type { Cell } from '../model/ports';

const INITIAL_BYTES = 256 * 1024;
/** Longer strings are encoded faster by JSON.stringify. */
const MAX_SHORT_STRING = 64;
/** Maximum size of a number, a boolean or null, in bytes. */
const MAX_NUMBER_BYTES = 32;
/** Maximum size of a character, in bytes, such as \u0000. */
const MAX_CHARACTER_BYTES = 6;

const [SPACE, QUOTE, COMMA, OPEN, BACKSLASH, CLOSE, DELETE] = Buffer.from(' ",[\\]\x7f');

/** Rows as JSON without loss, separated by commas, in one buffer. A string for each row would take twice the time. */
export class EncodedRows {
  private buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  /** The end of each row in the buffer. A comma follows. */
  private ends: number[] = [];

  public get count(): number {
    return this.ends.length;
  }

  public add(row: readonly Cell[]): void {
    let at = this.startOf(this.count);
    this.reserve(at + maxBytesOf(row));
    const { buffer } = this;
    buffer[at] = OPEN;
    at += 1;
    for (let column = 0; column < row.length; column += 1) {
      if (column > 0) {
        buffer[at] = COMMA;
        at += 1;
      }
      const cell = row[column];
      at = typeof cell === 'string' ? writeString(buffer, cell, at) : writeAscii(buffer, encodeCell(cell), at);
    }
    buffer[at] = CLOSE;
    buffer[at + 1] = COMMA;
    this.ends.push(at + 1);
  }

  /** Size of a row, in bytes. */
  public bytesOf(row: number): number {
    return this.ends[row] - this.startOf(row);
  }

  /** The rows from one to before another. Valid until a row is added or removed. */
  public toJson(first: number, end: number): Uint8Array {
    return this.buffer.subarray(this.startOf(first), Math.max(this.startOf(first), this.startOf(end) - 1));
  }

  public removeFirst(count: number): void {
    const start = this.startOf(count);
    this.buffer.copyWithin(0, start, this.startOf(this.count));
    this.ends = this.ends.slice(count).map((end) => end - start);
  }

  private startOf(row: number): number {
    return row === 0 ? 0 : this.ends[row - 1] + 1;
  }

  private reserve(bytes: number): void {
    if (bytes > this.buffer.length) {
      this.buffer = Buffer.concat([this.buffer], 2 * bytes);
    }
  }
}

function maxBytesOf(row: readonly Cell[]): number {
  let bytes = MAX_NUMBER_BYTES;
  for (const cell of row) {
    bytes += isLong(cell) ? MAX_CHARACTER_BYTES * (cell.length + 1) : MAX_NUMBER_BYTES;
  }
  return bytes;
}

function isLong(cell: Cell): cell is string | Uint8Array {
  return typeof cell === 'string' || cell instanceof Uint8Array;
}

/** Returns the end of the string. */
function writeString(buffer: Buffer, value: string, start: number): number {
  let at = start;
  buffer[at] = QUOTE;
  at += 1;
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code < SPACE || code >= DELETE || code === QUOTE || code === BACKSLASH || value.length > MAX_SHORT_STRING) {
      return start + buffer.write(JSON.stringify(value), start);
    }
    buffer[at] = code;
    at += 1;
  }
  buffer[at] = QUOTE;
  return at + 1;
}

function writeAscii(buffer: Buffer, value: string, start: number): number {
  for (let index = 0; index < value.length; index += 1) {
    buffer[start + index] = value.charCodeAt(index);
  }
  return start + value.length;
}

/** Encodes a value that isn't a string. JSON.stringify changes some numbers, and encodes bytes as an object. */
function encodeCell(cell: Exclude<Cell, string>): string {
  if (typeof cell === 'number') {
    return encodeNumber(cell);
  }
  return cell instanceof Uint8Array ? `"${Buffer.from(cell).toString('base64')}"` : String(cell);
}

function encodeNumber(value: number): string {
  if (Object.is(value, -0)) {
    return '-0';
  }
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

import type { EncodedRows } from './encoded-rows';
import type { Column } from '../../protocol/messages';

/** The position of a message in a result. */
export interface Position {
  readonly result: string;
  readonly seq: number;
  readonly offset: number;
}

const TAIL = Buffer.from(']}');

/** An open `rows` message of at most 32 KB. The first message of a result contains the columns. */
export class OpenMessage {
  /** Number of rows in the message. */
  public rows = 0;
  /** Current size of the message, in bytes. */
  public bytes: number;
  private readonly head: Buffer;

  constructor(public readonly position: Position, columns: readonly Column[]) {
    const fields = JSON.stringify({ type: 'rows', ...position, ...(position.seq === 0 ? { columns } : {}) });
    this.head = Buffer.from(`${fields.slice(0, -1)},"rows":[`);
    this.bytes = this.head.length + TAIL.length;
  }

  /** Size of the message with one more row, in bytes. */
  public bytesWith(bytes: number): number {
    return this.bytes + bytes + (this.rows > 0 ? 1 : 0);
  }

  public add(bytes: number): void {
    this.bytes = this.bytesWith(bytes);
    this.rows += 1;
  }

  /** The message with its first rows. */
  public toJson(encoded: EncodedRows, first: number, end: number): Buffer {
    return Buffer.concat([this.head, encoded.toJson(first, Math.min(first + this.rows, end)), TAIL]);
  }
}

import { ProtocolError } from '../errors';
import type { RowBuffer } from './row-buffer';
import type { ReceivedComplete, ReceivedRows } from '../messages/server-message';

/** Receives the `rows` messages of a result in order, and counts how many more the service can send. */
export class ResultReceiver {
  /** The name of the result; undefined until the service sends it. */
  public result?: string;
  /** The `seq` of the next message. */
  public nextSeq = 0;
  public rows = 0;
  /** Whether messages were skipped because the window was full. */
  public hasSkipped = false;
  /** Whether credit was sent and no message has arrived since. */
  public isCreditPending = false;
  /** Maximum number of buffered messages; undefined for no maximum. */
  public window?: number;
  private allowedSeq = Infinity;

  constructor(public readonly rowBuffer: RowBuffer) {}

  /** Sets the name of the result, unless rows have arrived. */
  public setResult(result: string): void {
    if (this.nextSeq === 0) {
      this.result = result;
    }
  }

  /** Handles that the query was submitted or resumed. */
  public requested(): void {
    this.hasSkipped = false;
    this.isCreditPending = false;
    this.allowedSeq = this.window === undefined ? Infinity : this.nextSeq + this.window;
  }

  /** Adds the next message to the buffer. Returns false for a duplicate, and if the window is full. Throws if the rows are invalid. */
  public receive({ seq, offset, columns, rows }: ReceivedRows): boolean {
    if (seq !== this.nextSeq) {
      return false;
    }
    if (this.window !== undefined && this.rowBuffer.unreadBatches >= this.window) {
      this.hasSkipped = true;
      return false;
    }
    if (offset !== this.rows) {
      throw new ProtocolError(`Message ${seq} of the result begins with row ${offset} instead of row ${this.rows}. Submit the query again.`);
    }
    this.isCreditPending = false;
    this.rowBuffer.add(offset, rows, columns);
    this.nextSeq += 1;
    this.rows += rows.length;
    return true;
  }

  /** Handles the end of the result. Fails if the received rows aren't all rows of the result. */
  public complete({ messages, rows, bytes, truncated, timing }: ReceivedComplete): void {
    if (this.nextSeq === messages && this.rows === rows) {
      this.rowBuffer.complete({ rows, bytes, truncated, timing });
    } else {
      const received = `The client received ${this.rows} rows in ${this.nextSeq} messages`;
      this.rowBuffer.fail(new ProtocolError(`${received}, but the result has ${rows} rows in ${messages} messages. Submit the query again.`));
    }
  }

  /** Adds messages that the service can send. */
  public addCredit(credit: number): void {
    this.allowedSeq += credit;
  }

  /** Returns the credit to send: 0 until it is at least half of the window. */
  public credit(): number {
    if (this.window === undefined || this.hasSkipped) {
      return 0;
    }
    const credit = this.nextSeq - this.rowBuffer.unreadBatches + this.window - this.allowedSeq;
    return credit >= Math.max(1, this.window / 2) ? credit : 0;
  }

  /** Discards the result, because the query gets another one. */
  public clear(): void {
    this.result = undefined;
    this.nextSeq = 0;
    this.rows = 0;
    this.rowBuffer.clear();
  }
}

import { ProtocolError } from './errors';
import type { Inbox } from './inbox';
import type { ReadRows } from './server-message';

/** What has come of a result, and how much more of it may come. */
export class Received {
  /** The `seq` of the message that is next. */
  public nextSeq = 0;
  public rows = 0;
  /** Messages were left out, since there was no room for them. */
  public hasSkipped = false;
  /** More messages were allowed, and none has come since. */
  public isCreditUnanswered = false;
  /** How many messages may wait for the caller; undefined for all. */
  public window?: number;
  private allowedSeq = Infinity;

  constructor(public readonly inbox: Inbox) {}

  /** The rest was asked for. */
  public asked(): void {
    this.hasSkipped = false;
    this.isCreditUnanswered = false;
    this.allowedSeq = this.window === undefined ? Infinity : this.nextSeq + this.window;
  }

  /** Takes the message that is next, and says so; any other it has, or has no room for. Throws what is wrong with the rows. */
  public take({ seq, offset, columns, rows }: ReadRows): boolean {
    if (seq !== this.nextSeq) {
      return false;
    }
    if (this.window !== undefined && this.inbox.waiting >= this.window) {
      this.hasSkipped = true;
      return false;
    }
    if (offset !== this.rows) {
      throw new ProtocolError(`Message ${seq} of the result begins with row ${offset}; ${this.rows} came before it.`);
    }
    this.isCreditUnanswered = false;
    this.inbox.put(offset, rows, columns);
    this.nextSeq += 1;
    this.rows += rows.length;
    return true;
  }

  /** So many more messages were allowed. */
  public addCredit(credit: number): void {
    this.allowedSeq += credit;
  }

  /** How many more messages are to be allowed now: none, or enough to be worth a message. */
  public credit(): number {
    if (this.window === undefined || this.hasSkipped) {
      return 0;
    }
    const credit = this.nextSeq - this.inbox.waiting + this.window - this.allowedSeq;
    return credit >= Math.max(1, this.window / 2) ? credit : 0;
  }

  /** Forgets what came, since it comes anew. */
  public clear(): void {
    this.nextSeq = 0;
    this.rows = 0;
    this.inbox.clear();
  }
}

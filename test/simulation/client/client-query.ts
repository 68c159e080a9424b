import type { ReadRows } from './message-reader';
import { CONNECT_ID } from '../../../src/protocol/connect-request';
import type { CompleteMessage, ErrorMessage } from '../../../src/protocol/messages';
import type { Version } from '../scenario/deployments';
import type { QueryRequestNumber, WindowPlan } from '../scenario/scenario';
import type { ApiConnection } from '../services/simulated-api';

/** The options of a query. */
export interface Submission {
  readonly queryRequest: QueryRequestNumber;
  readonly maxAge?: number;
  readonly window?: WindowPlan;
  readonly takesGzip?: boolean;
  /** Whether it was submitted although its id was in use. */
  readonly reusesId: boolean;
  readonly repeats: number;
}

/** The part of a result that a client has received. */
export interface Part {
  readonly result: string;
  /** The version that the result belongs to. */
  readonly version?: Version;
  readonly nextSeq: number;
  readonly rows: number;
  readonly bytes: number;
}

/** The terminal message of a query, and when it arrived. */
export interface TerminalMessage {
  readonly at: number;
  readonly message: CompleteMessage | ErrorMessage;
}

const NOTHING = { nextSeq: 0, rows: 0, bytes: 0 };

/** One query as its client sees it, from submission to the terminal message. */
export class ClientQuery {
  public result?: string;
  public acceptedAt?: number;
  public terminalMessage?: TerminalMessage;
  /** The state of the function that accepts the query. */
  public handled: 'pending' | 'returned' | 'lost' = 'pending';
  /** When that function had ended. */
  public handledAt = Infinity;
  public cancelSentAt?: number;
  /** Of the function that handled its message, once that has begun. */
  public handler?: Version;
  /** Whether a later query took its id while it was in use. */
  public isSuperseded = false;
  /** Whether it was delivered after the table could not be read and the client received an error. */
  public isDeliveredLate = false;
  /** Whether the result of an earlier query with its id and result can be its own. */
  public mayHaveOtherResult = false;
  /** The number of the first message that the client has not allowed. */
  public allowed: number;
  private have: Omit<Part, 'result' | 'version'>;
  private readonly first: number;

  constructor(
    public readonly id: string,
    public readonly connection: ApiConnection,
    public readonly sentAt: number,
    public readonly submission: Submission,
    /** The part that the client resumes, if it resumes a query. */
    public readonly resumed?: Part,
  ) {
    const { nextSeq, rows, bytes } = resumed ?? NOTHING;
    this.have = { nextSeq, rows, bytes };
    this.first = this.have.nextSeq;
    this.allowed = this.first + (submission.window?.messages ?? Infinity);
  }

  public get isFinished(): boolean {
    return this.terminalMessage !== undefined;
  }

  public get isBound(): boolean {
    return this.result !== undefined;
  }

  /** The version that accepted it: its rows are of that SQL and that database, within those limits. */
  public get version(): Version | undefined {
    return this.resumed ? this.resumed.version : this.handledBy;
  }

  /** The version that handled its message. */
  public get handledBy(): Version | undefined {
    return this.id === CONNECT_ID ? this.connection.version : this.handler;
  }

  /** The received part, which another connection can resume; undefined before the query was accepted. */
  public get part(): Part | undefined {
    return this.result === undefined ? undefined : { ...this.have, result: this.result, version: this.version };
  }

  public get rows(): number {
    return this.have.rows;
  }

  public get bytes(): number {
    return this.have.bytes;
  }

  /** The number of the next message to receive. */
  public get nextSeq(): number {
    return this.have.nextSeq;
  }

  public get messagesTaken(): number {
    return this.have.nextSeq - this.first;
  }

  /** Adds the message if it is the next. */
  public take({ seq, offset, rows, bytes }: ReadRows): 'taken' | 'again' | 'early' | 'wrong' {
    if (seq !== this.have.nextSeq) {
      return seq < this.have.nextSeq ? 'again' : 'early';
    }
    if (offset !== this.have.rows) {
      return 'wrong';
    }
    this.have = { nextSeq: seq + 1, rows: this.have.rows + rows, bytes: this.have.bytes + bytes };
    return 'taken';
  }

  public describe(): string {
    const { queryRequest, reusesId } = this.submission;
    const kind = this.resumed ? `resume of ${this.resumed.result} after ${this.resumed.nextSeq - 1}` : `query request ${queryRequest}${reusesId ? ', with an id in use' : ''}`;
    return `query ${this.id} of ${this.connection.id} (${kind}; result ${this.result ?? 'unknown'}, ${this.have.nextSeq} messages)`;
  }
}

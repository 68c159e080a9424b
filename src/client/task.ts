import { delayBefore } from './backoff';
import { Timer } from './clock';
import { isTooLarge } from './connection';
import type { Connection, Sent } from './connection';
import { ClientError, ConnectionError, ProtocolError, QueryError } from './errors';
import type { Inbox } from './inbox';
import type { QueryProgress } from './progress';
import type { ReadAccepted, ReadComplete, ReadError, ReadRows } from './server-message';
import type { Caller, Question, TaskHost } from './task-host';
import { MAXIMUM_MESSAGE_BYTES } from '../protocol/messages';

/** How often a query is asked again for other reasons than a lost connection. */
const MOST_ATTEMPTS = 5;

/** After how long without `accepted` a question is asked again: longer than the service takes to find out that a function of its own crashed. */
const LONGEST_ACCEPTING_MS = 60_000;

/** One query, from the question to its one ending, over as many connections and questions as that takes. */
export class Task {
  /** Its name on the wire, while it is being answered. */
  public id?: string;
  public connection?: Connection;
  /** The connection that it is moving away from. */
  public previous?: Connection;
  public result?: string;
  public isAccepted = false;
  public isEnded = false;
  /** The service has ended its part, and the caller has not taken what came: the rest is asked for when it has. */
  public isSuspended = false;
  private window?: number;
  private readonly inbox: Inbox;
  private nextSeq = 0;
  private rows = 0;
  private allowedSeq = Infinity;
  /** Messages were left out, since there was no room for them. */
  private hasSkipped = false;
  private offersPacked = false;
  private attempts = 0;
  private progress: QueryProgress = { state: 'connecting', rows: 0 };
  private readonly patience: Timer;

  constructor(
    private readonly host: TaskHost,
    private readonly question: Question,
    private readonly caller: Caller,
  ) {
    this.inbox = caller.inbox;
    this.patience = new Timer(host.settings.clock, () => this.lostPatience());
  }

  /** Whether it waits for a connection to be asked on. */
  public get isWaiting(): boolean {
    return this.connection === undefined && !this.isSuspended && !this.patience.isRunning;
  }

  /** Asks, or goes on with what was begun, under a new name. */
  public askOn(connection: Connection): void {
    this.window ??= this.caller.window();
    const message = this.message();
    if (isTooLarge(message)) {
      this.fail(new QueryError('message_too_large', `The question takes more than ${MAXIMUM_MESSAGE_BYTES} bytes as JSON.`, false, MAXIMUM_MESSAGE_BYTES));
      return;
    }
    this.release();
    this.connection = connection;
    this.id = message.id;
    this.isAccepted = false;
    this.isSuspended = false;
    this.hasSkipped = false;
    this.allowedSeq = this.window === undefined ? Infinity : this.nextSeq + this.window;
    this.host.named(this, message.id);
    this.patience.start(LONGEST_ACCEPTING_MS);
    connection.send(message);
    this.tell({ state: this.rows > 0 ? 'receiving' : 'asked' });
  }

  public accepted({ result, shared, cached }: ReadAccepted): void {
    if (this.nextSeq === 0) {
      this.result = result;
    }
    this.patience.stop();
    this.isAccepted = true;
    this.previous = undefined;
    this.tell({ ...(this.rows > 0 ? {} : { state: 'accepted' }), shared, cached });
    this.host.accepted(this);
    this.allowMore();
  }

  public progressed(state: string, elapsedMs: number): void {
    if (state === 'waiting' || state === 'running') {
      this.tell({ state, elapsedMs });
    }
  }

  /** Takes the message that is next; any other it has, or has no room for. */
  public take({ seq, offset, columns, rows }: ReadRows): void {
    if (seq !== this.nextSeq) {
      return;
    }
    if (this.window !== undefined && this.inbox.waiting >= this.window) {
      this.hasSkipped = true;
      return;
    }
    if (offset !== this.rows) {
      this.fail(new ProtocolError(`Message ${seq} of the result begins with row ${offset}; ${this.rows} came before it.`));
      return;
    }
    this.guarded(() => this.inbox.put(offset, rows, columns));
    this.nextSeq += 1;
    this.rows += rows.length;
    this.host.progressed();
    this.tell({ state: 'receiving' });
    this.allowMore();
  }

  public completed({ result, messages, rows, bytes, truncated, timing }: ReadComplete): void {
    this.host.progressed();
    if (this.nextSeq === 0) {
      this.result = result;
    }
    this.unbind();
    if (this.nextSeq < messages) {
      this.getTheRest();
    } else if (this.nextSeq > messages || this.rows !== rows) {
      this.fail(new ProtocolError(`The result has ${rows} rows in ${messages} messages; ${this.rows} came in ${this.nextSeq}.`));
    } else {
      this.end(() => this.inbox.complete({ rows, bytes, truncated, timing }));
    }
  }

  /** An `error` with its id. */
  public refused(error: ReadError): void {
    const isAnothers = this.isAccepted && error.result === undefined;
    if (isAnothers || error.code === 'unknown_id' || error.code === 'id_in_use') {
      return;
    }
    const { connection, id } = this;
    this.unbind();
    if (error.code === 'internal' && error.result === undefined && connection!.isOpen) {
      // The service could not tell what it had stored: if it answers after all, that is cancelled.
      connection!.abandoned.add(id!);
    }
    if (error.code === 'stalled') {
      this.getTheRest();
    } else if (error.code === 'result_expired' && this.inbox.handedOut === 0 && this.mayTryAgain()) {
      this.beginAnew();
    } else if (error.code === 'unknown_field' && this.offersPacked) {
      // A service of an earlier version refuses what it does not know.
      this.host.acceptsPacked = false;
      this.host.ask(this);
    } else if (error.code === 'too_many_queries' && this.host.isShared(connection!)) {
      this.askLater();
    } else {
      this.fail(queryError(error, this.inbox.handedOut));
    }
  }

  /** API Gateway could not run the function for some message on the connection, which may have been this query's. */
  public overheard(message: string): void {
    if (!this.isAccepted) {
      this.tryAgain(new ConnectionError('unanswered', `API Gateway says: ${message}`, true));
    } else if (this.window !== undefined && this.inbox.waiting === 0) {
      this.host.ask(this);
    }
  }

  public lostConnection(connection: Connection): void {
    if (this.previous === connection) {
      this.previous = undefined;
    }
    if (this.connection === connection) {
      this.unbind();
      if (this.rows === 0) {
        this.tell({ state: 'connecting' });
      }
    }
  }

  /** The caller has taken a batch. */
  public drained(): void {
    if (this.isEnded) {
      return;
    }
    if (this.inbox.waiting === 0 && (this.isSuspended || this.hasSkipped)) {
      this.isSuspended = false;
      this.host.ask(this);
    } else {
      this.allowMore();
    }
  }

  /** Another query on the same connection has let more messages of the same result come. */
  public addCredit(credit: number): void {
    this.allowedSeq += credit;
  }

  /** Ends it, and tells the service that nobody waits any more. */
  public cancel(reason: unknown): void {
    if (!this.isEnded) {
      this.release();
      this.fail(reason);
    }
  }

  public fail(reason: unknown): void {
    this.unbind();
    this.end(() => this.inbox.fail(reason));
  }

  private end(tellCaller: () => void): void {
    if (!this.isEnded) {
      this.isEnded = true;
      this.isSuspended = false;
      this.previous = undefined;
      tellCaller();
      this.caller.onEnded();
      this.host.ended(this);
    }
  }

  private message(): Sent & { readonly id: string } {
    const id = this.host.newId();
    const { query, parameters, maxAge } = this.question;
    this.offersPacked = this.host.acceptsPacked;
    const options = {
      ...(this.window === undefined ? {} : { window: this.window }),
      ...(this.offersPacked ? { encodings: ['gzip'] } : {}),
    };
    return this.result === undefined
      ? { type: 'query', id, query, parameters, options: { ...options, maxAge } }
      : { type: 'resume', id, result: this.result, after: this.nextSeq - 1, options };
  }

  /** Lets go of the name on the wire, where the service would go on answering it. */
  private release(): void {
    const { connection, id, isAccepted } = this;
    if (connection !== undefined && id !== undefined && connection !== this.previous) {
      connection.send({ type: 'cancel', id });
      if (!isAccepted && connection.isOpen) {
        connection.abandoned.add(id);
      }
    }
    this.unbind();
  }

  private unbind(): void {
    this.patience.stop();
    this.host.named(this, undefined);
    this.connection = undefined;
    this.id = undefined;
    this.isAccepted = false;
  }

  private allowMore(): void {
    const { window, result, connection } = this;
    if (window === undefined || result === undefined || connection === undefined || !this.isAccepted || this.hasSkipped) {
      return;
    }
    const credit = this.nextSeq - this.inbox.waiting + window - this.allowedSeq;
    if (credit >= Math.max(1, window / 2)) {
      connection.send({ type: 'more', result, credit });
      this.host.allowed(connection, result, credit);
    }
  }

  /** The service has ended its part though something is missing: at once, or when the caller has room for it. */
  private getTheRest(): void {
    if (this.inbox.waiting > 0) {
      this.isSuspended = true;
      this.host.suspended();
    } else if (this.mayTryAgain()) {
      this.host.ask(this);
    } else {
      this.fail(new ProtocolError('The service says that all rows were sent; some of them never came.'));
    }
  }

  private beginAnew(): void {
    this.result = undefined;
    this.nextSeq = 0;
    this.rows = 0;
    this.inbox.clear();
    this.host.ask(this);
  }

  private mayTryAgain(): boolean {
    this.attempts += 1;
    return this.attempts <= MOST_ATTEMPTS;
  }

  private lostPatience(): void {
    if (this.connection === undefined) {
      this.host.ask(this);
    } else {
      this.tryAgain(new ConnectionError('unanswered', 'The service does not answer, though there is a connection.', true));
    }
  }

  private tryAgain(error: ConnectionError): void {
    if (this.mayTryAgain()) {
      this.release();
      this.askLater();
    } else {
      this.cancel(error);
    }
  }

  private askLater(): void {
    this.patience.start(delayBefore(this.attempts, this.host.settings.random));
  }

  /** What a caller's own function throws ends the query; it must not end anything else. */
  private guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.cancel(error);
    }
  }

  private tell(change: Partial<QueryProgress>): void {
    if (!this.isEnded) {
      this.progress = { ...this.progress, ...change, rows: this.rows };
      this.guarded(() => this.caller.onProgress(this.progress));
    }
  }
}

function queryError({ code, message, retryable, limit }: ReadError, handedOut: number): ClientError {
  return code === 'result_expired' && handedOut > 0
    ? new QueryError(code, `The result is not kept any more, and ${handedOut} of its rows have been handed out already; please ask again.`, true)
    : new QueryError(code, message, retryable, limit);
}

import { delayBefore } from './backoff';
import { Timer } from './clock';
import { isTooLarge } from './connection';
import type { Connection } from './connection';
import { ConnectionError, ProtocolError, QueryError, queryErrorOf } from './errors';
import { ProgressReport } from './progress';
import type { QueryProgress } from './progress';
import { messageOf } from './question';
import type { Question } from './question';
import { Received } from './received';
import { ResultDeadline } from './result-deadline';
import type { ReadAccepted, ReadComplete, ReadError, ReadRows } from './server-message';
import type { Caller, TaskHost } from './task-host';
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
  public result?: string;
  public isAccepted = false;
  public isEnded = false;
  /** The service has ended its part, and the caller has not taken what came: the rest is asked for when it has. */
  public isSuspended = false;
  /** Where it is answered while it moves to another connection. */
  private previous?: { readonly connection: Connection; readonly id: string };
  private readonly received: Received;
  private offersPacked = false;
  private attempts = 0;
  private readonly progress: ProgressReport;
  private readonly patience: Timer;
  private readonly deadline: ResultDeadline;

  constructor(
    private readonly host: TaskHost<Task>,
    private readonly question: Question,
    private readonly caller: Caller,
  ) {
    this.received = new Received(caller.inbox);
    this.progress = new ProgressReport(host.settings.clock);
    this.patience = new Timer(host.settings.clock, () => this.lostPatience());
    this.deadline = new ResultDeadline(host.settings.clock, () => this.missedEnd());
  }

  /** Whether it waits for a connection, or for room on it. */
  public get isWaiting(): boolean {
    return this.connection === undefined && !this.isSuspended && !this.patience.isRunning;
  }

  /** Whether the service has yet to answer a message of it. */
  public get isUnanswered(): boolean {
    return this.connection !== undefined && (!this.isAccepted || this.received.isCreditUnanswered);
  }

  public uses(connection: Connection): boolean {
    return this.connection === connection || this.previous?.connection === connection;
  }

  /** Goes on, on the connection that takes the place of its own; that one goes on until it is accepted here. */
  public moveTo(connection: Connection): void {
    this.previous = { connection: this.connection!, id: this.id! };
    this.askOn(connection);
  }

  /** There is a connection, and as many queries in flight on it as may be. */
  public queued(): void {
    this.tell(this.progress.queued(this.received.rows));
  }

  /** Asks, or goes on with what was begun, under a new name. */
  public askOn(connection: Connection): void {
    this.received.window ??= this.caller.window();
    const { question, result, received: { nextSeq, window } } = this;
    this.offersPacked = this.host.acceptsPacked;
    const message = messageOf(question, { id: this.host.newId(), result, nextSeq, window, acceptsPacked: this.offersPacked });
    if (isTooLarge(message)) {
      this.fail(new QueryError('message_too_large', `The question takes more than ${MAXIMUM_MESSAGE_BYTES} bytes as JSON.`, false, MAXIMUM_MESSAGE_BYTES));
      return;
    }
    this.release();
    this.connection = connection;
    this.id = message.id;
    this.isAccepted = false;
    this.isSuspended = false;
    this.received.asked();
    this.host.named(this, message.id);
    this.patience.start(LONGEST_ACCEPTING_MS);
    connection.submit(message);
    this.tell(this.progress.submitted(this.received.rows));
  }

  public accepted({ result, shared, cached, limits }: ReadAccepted): void {
    if (this.received.nextSeq === 0) {
      this.result = result;
    }
    this.patience.stop();
    this.deadline.accepted(limits?.timeLimitMs);
    this.isAccepted = true;
    this.previous = undefined;
    this.tell({ ...(this.received.rows > 0 ? {} : { state: 'accepted' }), shared, cached, ...(limits === undefined ? {} : { limits }) });
    // Whoever heard of it may have cancelled it.
    if (!this.isEnded) {
      this.host.accepted(this);
      this.allowMore();
    }
  }

  public progressed(state: string, elapsedMs: number): void {
    if (state === 'waiting' || state === 'running') {
      this.deadline.extend();
      this.tell({ state, elapsedMs });
    }
  }

  public take(message: ReadRows): void {
    this.guarded(() => {
      if (this.received.take(message)) {
        this.deadline.extend();
        this.host.answered(this);
        this.tell({ state: 'receiving' });
        this.allowMore();
      }
    });
  }

  public completed({ result, messages, rows, bytes, truncated, timing }: ReadComplete): void {
    const { received } = this;
    this.host.progressed();
    if (this.received.nextSeq === 0) {
      this.result = result;
    }
    this.unbind();
    if (received.nextSeq < messages) {
      this.getTheRest();
    } else if (received.nextSeq > messages || received.rows !== rows) {
      this.fail(new ProtocolError(`The result has ${rows} rows in ${messages} messages; ${received.rows} came in ${received.nextSeq}.`));
    } else {
      this.end(() => received.inbox.complete({ rows, bytes, truncated, timing }));
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
    } else if (error.code === 'result_expired' && this.received.inbox.handedOut === 0 && this.mayTryAgain()) {
      this.beginAnew();
    } else if (error.code === 'unknown_field' && this.offersPacked) {
      // A service of an earlier version refuses what it does not know.
      this.host.acceptsPacked = false;
      this.host.ask(this);
    } else if (error.code === 'too_many_queries') {
      this.leavePrevious();
      this.queued();
      this.host.rejected(error.limit);
    } else {
      this.fail(queryErrorOf(error, this.received.inbox.handedOut));
    }
  }

  /** API Gateway could not run the function for a message of it. */
  public lostMessage(reason: string): void {
    this.received.isCreditUnanswered = false;
    if (!this.isAccepted) {
      this.tryAgain(new ConnectionError('unanswered', `API Gateway could not deliver the query: ${reason}`, true));
    } else if (this.received.inbox.waiting === 0) {
      this.host.ask(this);
    } else {
      this.received.hasSkipped = true;
    }
  }

  public lostConnection(connection: Connection): void {
    if (this.previous?.connection === connection) {
      this.previous = undefined;
    }
    if (this.connection === connection) {
      this.unbind();
      if (this.received.rows === 0) {
        this.tell({ state: 'connecting' });
      }
    }
  }

  /** The caller has taken a batch. */
  public drained(): void {
    if (this.isEnded) {
      return;
    }
    if (this.received.inbox.waiting === 0 && (this.isSuspended || this.received.hasSkipped)) {
      this.isSuspended = false;
      this.host.ask(this);
    } else {
      this.allowMore();
    }
  }

  /** Another query on the same connection has let more messages of the same result come. */
  public addCredit(credit: number): void {
    this.received.addCredit(credit);
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
    this.end(() => this.received.inbox.fail(reason));
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

  /** Lets go of the name on the wire, where the service would go on answering it. */
  private release(): void {
    const { connection, id, isAccepted } = this;
    if (connection !== undefined && id !== undefined && connection !== this.previous?.connection) {
      connection.send({ type: 'cancel', id });
      if (!isAccepted && connection.isOpen) {
        connection.abandoned.add(id);
      }
    }
    this.unbind();
  }

  private unbind(): void {
    this.patience.stop();
    this.deadline.stop();
    this.host.named(this, undefined);
    this.connection = undefined;
    this.id = undefined;
    this.isAccepted = false;
  }

  /** Makes room for itself: its own query on the connection before counts, too. */
  private leavePrevious(): void {
    const { previous } = this;
    this.previous = undefined;
    previous?.connection.send({ type: 'cancel', id: previous.id });
    this.host.leftPrevious();
  }

  private allowMore(): void {
    const { result, connection } = this;
    const credit = this.received.credit();
    if (credit > 0 && result !== undefined && connection !== undefined && this.isAccepted) {
      connection.send({ type: 'more', result, credit });
      this.received.isCreditUnanswered = true;
      this.host.allowed(connection, result, credit);
    }
  }

  /** The service has ended its part though something is missing: at once, or when the caller has room for it. */
  private getTheRest(): void {
    if (this.received.inbox.waiting > 0) {
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
    this.deadline.clear();
    this.received.clear();
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

  private missedEnd(): void {
    if (this.received.inbox.waiting > 0) {
      this.deadline.extend();
    } else {
      this.tryAgain(new ConnectionError('unanswered', 'The service did not end the query within its time limit.', true));
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
      this.guarded(() => this.caller.onProgress(this.progress.changed({ ...change, rows: this.received.rows })));
    }
  }
}

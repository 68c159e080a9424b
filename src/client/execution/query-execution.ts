import type { Caller, ExecutionHost } from './execution-host';
import { ResultDeadline } from './result-deadline';
import { errorResponse } from './service-error';
import { Submission } from './submission';
import { SubmissionAttempts } from './submission-attempts';
import { MAX_MESSAGE_BYTES } from '../../protocol/limits';
import { isTooLarge } from '../connection/connection';
import type { Connection } from '../connection/connection';
import { ConnectionError, ProtocolError, QueryError, toQueryError } from '../errors';
import type { ReceivedAccepted, ReceivedComplete, ReceivedError, ReceivedRows } from '../messages/server-message';
import { ProgressTracker } from '../query/query-progress';
import type { QueryProgress } from '../query/query-progress';
import { createRequestMessage } from '../query/query-request';
import type { QueryRequest } from '../query/query-request';
import { ResultReceiver } from '../rows/result-receiver';

/** One query from its submission to its only outcome, over as many connections and submissions as necessary. */
export class QueryExecution {
  /** The present submission, while the query is in flight. */
  public submission?: Submission;
  public result?: string;
  public isEnded = false;
  /** Whether the service stopped sending while rows are buffered: the execution resumes when the caller has read them. */
  public isSuspended = false;
  /** The submission that continues while the query moves to another connection. */
  private previous?: Submission;
  private readonly receiver: ResultReceiver;
  private readonly progress: ProgressTracker;
  private readonly attempts: SubmissionAttempts;
  private readonly resultDeadline: ResultDeadline;
  private offersCompression = false;

  constructor(
    private readonly host: ExecutionHost<QueryExecution>,
    private readonly request: QueryRequest,
    private readonly caller: Caller,
  ) {
    const { settings } = host;
    this.receiver = new ResultReceiver(caller.rowBuffer);
    this.progress = new ProgressTracker(settings.clock);
    this.attempts = new SubmissionAttempts(settings, () => this.handleAttemptTimeout());
    this.resultDeadline = new ResultDeadline(settings.clock, () => this.handleMissingOutcome());
  }

  /** Whether the query waits for a connection, or for room on it. */
  public get isWaiting(): boolean {
    return this.submission === undefined && !this.isSuspended && !this.attempts.isWaiting;
  }

  /** Whether the service has not responded to a message of the query. */
  public get isResponsePending(): boolean {
    return this.submission !== undefined && (!this.submission.isAccepted || this.receiver.isCreditPending);
  }

  public uses(connection: Connection): boolean {
    return this.submission?.connection === connection || this.previous?.connection === connection;
  }

  /** Resumes on a new connection. The present connection continues until the service accepts the query on the new one. */
  public moveTo(connection: Connection): void {
    this.previous = this.submission;
    this.submitOn(connection);
  }

  /** Reports that the maximum number of queries is in flight. */
  public queued(): void {
    this.notifyProgress(this.progress.queued(this.receiver.rows));
  }

  /** Submits the query, or resumes its result, with a new id. */
  public submitOn(connection: Connection): void {
    this.receiver.window ??= this.caller.window();
    const { request, result, receiver: { nextSeq, window } } = this;
    this.offersCompression = this.host.acceptsCompression;
    const message = createRequestMessage(request, { id: this.host.newId(), result, nextSeq, window, acceptsCompression: this.offersCompression });
    if (isTooLarge(message)) {
      this.fail(new QueryError('message_too_large', `The query exceeds ${MAX_MESSAGE_BYTES} bytes as JSON. Use shorter parameter values.`, false, MAX_MESSAGE_BYTES));
      return;
    }
    this.cancelOnService();
    this.submission = new Submission(connection, message.id);
    this.isSuspended = false;
    this.receiver.requested();
    this.host.setId(this, message.id);
    this.attempts.awaitAcceptance();
    connection.submit(message);
    this.notifyProgress(this.progress.submitted(this.receiver.rows));
  }

  public accepted({ result, shared, cached, limits }: ReceivedAccepted): void {
    if (this.receiver.nextSeq === 0) {
      this.result = result;
    }
    this.attempts.stop();
    this.resultDeadline.accepted(limits?.timeLimitMs);
    this.submission!.isAccepted = true;
    this.previous = undefined;
    this.notifyProgress({ ...(this.receiver.rows > 0 ? {} : { state: 'accepted' }), shared, cached, ...(limits === undefined ? {} : { limits }) });
    // The caller can cancel the query in `onProgress`.
    if (!this.isEnded) {
      this.host.accepted(this);
      this.sendCredit();
    }
  }

  public progressed(state: string, elapsedMs: number): void {
    if (state === 'waiting' || state === 'running') {
      this.resultDeadline.extend();
      this.notifyProgress({ state, elapsedMs });
    }
  }

  public rowsReceived(message: ReceivedRows): void {
    this.cancelOnThrow(() => {
      if (this.receiver.receive(message)) {
        this.resultDeadline.extend();
        this.host.rowsReceived(this);
        this.notifyProgress({ state: 'receiving' });
        this.sendCredit();
      }
    });
  }

  public completed({ result, messages, rows, bytes, truncated, timing }: ReceivedComplete): void {
    const { receiver } = this;
    this.host.completed();
    if (receiver.nextSeq === 0) {
      this.result = result;
    }
    this.detach();
    if (receiver.nextSeq < messages) {
      this.resume();
    } else if (receiver.nextSeq > messages || receiver.rows !== rows) {
      const received = `The client received ${receiver.rows} rows in ${receiver.nextSeq} messages`;
      this.fail(new ProtocolError(`${received}, but the result has ${rows} rows in ${messages} messages. Submit the query again.`));
    } else {
      this.finish(() => receiver.rowBuffer.complete({ rows, bytes, truncated, timing }));
    }
  }

  /** Handles an `error` message with the id of the query. */
  public failedByService(error: ReceivedError): void {
    const { offersCompression, receiver: { rowBuffer: { deliveredRows } } } = this;
    const { connection, id, isAccepted } = this.submission!;
    const response = errorResponse(error, { isAccepted, offersCompression, deliveredRows });
    if (response === 'ignore') {
      return;
    }
    this.detach();
    if (error.code === 'internal' && error.result === undefined && connection.isOpen) {
      // The service may have stored the query: if it accepts it later, the client cancels it.
      connection.canceledIds.add(id);
    }
    switch (response) {
      case 'resume': return this.resume();
      case 'restart': return this.attempts.countRetry() ? this.restart() : this.fail(toQueryError(error, deliveredRows));
      case 'submit_without_compression':
        this.host.acceptsCompression = false;
        return this.host.submit(this);
      case 'wait_for_room': return this.waitForRoom(error.limit);
      default: return this.fail(toQueryError(error, deliveredRows));
    }
  }

  /** Handles a message of the query that API Gateway could not deliver. */
  public messageLost(reason: string): void {
    this.receiver.isCreditPending = false;
    if (!this.submission?.isAccepted) {
      this.retry(new ConnectionError('no_response', `API Gateway could not deliver the query: ${reason}`, true));
    } else if (this.receiver.rowBuffer.unreadBatches === 0) {
      this.host.submit(this);
    } else {
      this.receiver.hasSkipped = true;
    }
  }

  public connectionLost(connection: Connection): void {
    if (this.previous?.connection === connection) {
      this.previous = undefined;
    }
    if (this.submission?.connection === connection) {
      this.detach();
      if (this.receiver.rows === 0) {
        this.notifyProgress({ state: 'connecting' });
      }
    }
  }

  /** Handles that the caller has read a batch. */
  public batchTaken(): void {
    if (this.isEnded) {
      return;
    }
    if (this.receiver.rowBuffer.unreadBatches === 0 && (this.isSuspended || this.receiver.hasSkipped)) {
      this.isSuspended = false;
      this.host.submit(this);
    } else {
      this.sendCredit();
    }
  }

  /** Counts the credit that another query sent for the same result on the same connection. */
  public addCredit(credit: number): void {
    this.receiver.addCredit(credit);
  }

  /** Ends the query, and cancels it on the service. */
  public cancel(reason: unknown): void {
    if (!this.isEnded) {
      this.cancelOnService();
      this.fail(reason);
    }
  }

  public fail(reason: unknown): void {
    this.detach();
    this.finish(() => this.receiver.rowBuffer.fail(reason));
  }

  private finish(notifyCaller: () => void): void {
    if (!this.isEnded) {
      this.isEnded = true;
      this.isSuspended = false;
      this.previous = undefined;
      notifyCaller();
      this.caller.onEnded();
      this.host.ended(this);
    }
  }

  /** Cancels the present id, unless the query is moving away from its connection. */
  private cancelOnService(): void {
    if (this.submission?.connection !== this.previous?.connection) {
      this.submission?.cancel();
    }
    this.detach();
  }

  private detach(): void {
    this.attempts.stop();
    this.resultDeadline.stop();
    this.host.setId(this, undefined);
    this.submission = undefined;
  }

  /** Waits until fewer queries are in flight. The query on the previous connection counts too, so it is canceled. */
  private waitForRoom(limit: number | undefined): void {
    this.previous?.cancel();
    this.previous = undefined;
    this.host.previousReleased();
    this.queued();
    this.host.rejected(limit);
  }

  private sendCredit(): void {
    const { result, submission } = this;
    const credit = this.receiver.credit();
    if (credit > 0 && result !== undefined && submission?.isAccepted) {
      submission.connection.send({ type: 'more', result, credit });
      this.receiver.isCreditPending = true;
      this.host.creditSent(submission.connection, result, credit);
    }
  }

  /** Requests the missing rows: at once, or when the caller has read the buffered rows. */
  private resume(): void {
    if (this.receiver.rowBuffer.unreadBatches > 0) {
      this.isSuspended = true;
      this.host.suspended();
    } else if (this.attempts.countRetry()) {
      this.host.submit(this);
    } else {
      this.fail(new ProtocolError('The service reported the end of the result, but rows are missing. Submit the query again.'));
    }
  }

  private restart(): void {
    this.result = undefined;
    this.resultDeadline.clear();
    this.receiver.clear();
    this.host.submit(this);
  }

  private handleAttemptTimeout(): void {
    if (this.submission === undefined) {
      this.host.submit(this);
    } else {
      this.retry(new ConnectionError('no_response', 'The service did not accept or reject the query in time. Submit the query again.', true));
    }
  }

  private handleMissingOutcome(): void {
    if (this.receiver.rowBuffer.unreadBatches > 0) {
      this.resultDeadline.extend();
    } else {
      this.retry(new ConnectionError('no_response', 'The service did not end the query within its time limit. Submit the query again.', true));
    }
  }

  private retry(error: ConnectionError): void {
    if (this.attempts.countRetry()) {
      this.cancelOnService();
      this.attempts.awaitRetry();
    } else {
      this.cancel(error);
    }
  }

  /** An exception of a function of the caller ends only this query. */
  private cancelOnThrow(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.cancel(error);
    }
  }

  private notifyProgress(change: Partial<QueryProgress>): void {
    if (!this.isEnded) {
      this.cancelOnThrow(() => this.caller.onProgress(this.progress.update({ ...change, rows: this.receiver.rows })));
    }
  }
}

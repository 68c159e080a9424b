import type { Caller, ExecutionHost } from './execution-host';
import { ResultDeadline } from './result-deadline';
import { errorResponse } from './service-error';
import { Submission } from './submission';
import { Submissions } from './submissions';
import type { Connection } from '../connection/connection';
import { ConnectionError, ProtocolError, toQueryError } from '../errors';
import type { ReceivedAccepted, ReceivedComplete, ReceivedError, ReceivedRows } from '../messages/server-message';
import { ProgressTracker } from '../query/query-progress';
import type { QueryProgress } from '../query/query-progress';
import { createRequestMessage, sizeError } from '../query/query-request';
import type { QueryRequest } from '../query/query-request';
import { ResultReceiver } from '../rows/result-receiver';

/** One query from its submission to its only outcome, over as many connections and submissions as necessary. */
export class QueryExecution {
  public isEnded = false;
  /** Whether the service stopped sending while rows are buffered: the execution resumes when the caller has read them. */
  public isSuspended = false;
  public readonly receiver: ResultReceiver;
  private readonly progress: ProgressTracker;
  private readonly submissions: Submissions;
  private readonly resultDeadline: ResultDeadline;

  constructor(
    private readonly host: ExecutionHost<QueryExecution>,
    private readonly request: QueryRequest,
    private readonly caller: Caller,
  ) {
    const { settings } = host;
    this.receiver = new ResultReceiver(caller.rowBuffer);
    this.progress = new ProgressTracker(settings.clock);
    this.submissions = new Submissions(settings, (id) => host.setId(this, id), () => this.handleSubmissionTimeout());
    this.resultDeadline = new ResultDeadline(settings.clock, () => this.handleMissingOutcome());
  }

  /** The present submission, while the query is in flight. */
  public get submission(): Submission | undefined {
    return this.submissions.present;
  }

  /** Whether the query waits for a connection, or for room on it. */
  public get isWaiting(): boolean {
    return !this.isSuspended && this.submissions.isNextReady;
  }

  /** Whether the service has not responded to a message of the query. */
  public get isResponsePending(): boolean {
    return this.submission !== undefined && (!this.submission.isAccepted || this.receiver.isCreditPending);
  }

  public uses(connection: Connection): boolean {
    return this.submissions.uses(connection);
  }

  /** Resumes on a new connection. The present connection continues until the service accepts the query on the new one. */
  public moveTo(connection: Connection): void {
    this.submissions.beginMove();
    this.submitOn(connection);
  }

  /** Reports that the maximum number of queries is in flight. */
  public queued(): void {
    this.notifyProgress(this.progress.queued(this.receiver.rows));
  }

  /** Submits the query, or resumes its result, with a new id. */
  public submitOn(connection: Connection): void {
    this.receiver.window ??= this.caller.window();
    const { request, receiver: { result, nextSeq, window }, host: { acceptsCompression } } = this;
    const message = createRequestMessage(request, { id: this.host.newId(), result, nextSeq, window, acceptsCompression });
    const error = sizeError(message);
    if (error !== undefined) {
      this.fail(error);
      return;
    }
    this.cancelOnService();
    this.isSuspended = false;
    this.receiver.requested();
    this.submissions.begin(new Submission(connection, message.id, acceptsCompression));
    connection.submit(message);
    this.notifyProgress(this.progress.submitted(this.receiver.rows));
  }

  public accepted({ result, shared, cached, limits }: ReceivedAccepted): void {
    this.receiver.setResult(result);
    this.submissions.accepted();
    this.resultDeadline.accepted(limits?.timeLimitMs);
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

  public completed(message: ReceivedComplete): void {
    this.host.completed();
    this.receiver.setResult(message.result);
    this.detach();
    if (this.receiver.nextSeq < message.messages) {
      this.resume();
    } else {
      this.finish(() => this.receiver.complete(message));
    }
  }

  /** Handles an `error` message with the id of the query. */
  public failedByService(error: ReceivedError): void {
    const { deliveredRows } = this.receiver.rowBuffer;
    const submission = this.submission!;
    const response = errorResponse(error, submission, deliveredRows);
    if (response === 'ignore') {
      return;
    }
    this.detach();
    if (error.code === 'internal' && error.result === undefined) {
      // The service may have stored the query.
      submission.cancelWhenAccepted();
    }
    switch (response) {
      case 'resume': return this.resume();
      case 'restart': return this.submissions.countRetry() ? this.restart() : this.fail(toQueryError(error, deliveredRows));
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
    this.submissions.connectionLost(connection);
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
      this.submissions.endPrevious();
      notifyCaller();
      this.caller.onEnded();
      this.host.ended(this);
    }
  }

  private cancelOnService(): void {
    this.submissions.cancel();
    this.detach();
  }

  private detach(): void {
    this.resultDeadline.stop();
    this.submissions.end();
  }

  /**
   * Waits until fewer queries are in flight. The query on the previous connection counts too, so that connection closes. A `cancel` would cancel the
   * statement.
   */
  private waitForRoom(limit: number | undefined): void {
    this.submissions.endPrevious();
    this.host.previousReleased();
    this.queued();
    this.host.rejected(limit);
  }

  private sendCredit(): void {
    const { submission, receiver: { result } } = this;
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
    } else if (this.submissions.countRetry()) {
      this.host.submit(this);
    } else {
      this.fail(new ProtocolError('The service reported the end of the result, but rows are missing. Submit the query again.'));
    }
  }

  private restart(): void {
    this.resultDeadline.clear();
    this.receiver.clear();
    this.host.submit(this);
  }

  private handleSubmissionTimeout(): void {
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
    if (this.submissions.countRetry()) {
      this.cancelOnService();
      this.submissions.awaitRetry();
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

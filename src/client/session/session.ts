import { ExecutionRegistry } from './execution-registry';
import { LimitsRequest } from './limits-request';
import { LostMessageDetector } from './lost-messages';
import { SubmissionWindow } from './submission-window';
import type { ConnectionLimits } from '../../protocol/messages';
import type { Connection } from '../connection/connection';
import { Connector } from '../connection/connector';
import type { ConnectorListener } from '../connection/connector';
import { ConnectionError, ProtocolError } from '../errors';
import type { ExecutionHost } from '../execution/execution-host';
import type { QueryExecution } from '../execution/query-execution';
import type { ReceivedAccepted, ReceivedError, ReceivedMessage } from '../messages/server-message';
import type { Settings } from '../options';

/** Submits the queries of a client, and routes the messages of the service to them. */
export class Session implements ExecutionHost<QueryExecution>, ConnectorListener {
  public acceptsCompression: boolean;
  public readonly connector: Connector;
  private readonly executions = new ExecutionRegistry();
  private readonly limitsRequest: LimitsRequest;
  private readonly submissionWindow: SubmissionWindow;
  private readonly lostMessages = new LostMessageDetector<QueryExecution>((execution, reason) => execution.messageLost(reason));
  private isSubmitting = false;
  private lastId = 0;

  constructor(public readonly settings: Settings, public readonly stateChanged: () => void) {
    this.acceptsCompression = settings.compression;
    this.connector = new Connector(settings, this);
    this.limitsRequest = new LimitsRequest(settings.clock, () => this.requestLimits());
    this.submissionWindow = new SubmissionWindow(settings, () => this.submitWaiting());
  }

  public start(execution: QueryExecution): void {
    if (execution.isEnded) {
      return;
    }
    this.executions.add(execution);
    if (this.connector.state.name === 'closed') {
      execution.fail(closedError());
    } else {
      this.submit(execution);
    }
  }

  public async limits(): Promise<ConnectionLimits | undefined> {
    if (this.connector.state.name === 'closed') {
      throw closedError();
    }
    return this.limitsRequest.limits();
  }

  public close(): void {
    for (const execution of this.executions) {
      execution.fail(closedError());
    }
    this.limitsRequest.fail(closedError());
    this.submissionWindow.stop();
    this.connector.close();
  }

  public newId(): string {
    this.lastId += 1;
    return String(this.lastId);
  }

  public setId(execution: QueryExecution, id: string | undefined): void {
    if (execution.submission !== undefined) {
      this.executions.deleteId(execution.submission.id);
      this.lostMessages.confirm(execution);
    }
    if (id !== undefined) {
      this.executions.setId(execution, id);
    }
  }

  public submit(execution: QueryExecution): void {
    const { current } = this.connector;
    this.connector.ensureConnected();
    if (current === undefined) {
      return;
    }
    if (execution.submission !== undefined) {
      this.submitOn(current, execution);
    } else {
      this.submitWaiting();
      this.notifyQueued(execution);
    }
  }

  public rejected(limit: number | undefined): void {
    this.submissionWindow.rejected(this.executions.inFlight, limit);
    this.submitWaiting();
  }

  public rowsReceived(execution: QueryExecution): void {
    this.connector.resetFailures();
    this.lostMessages.confirm(execution);
  }

  public creditSent(connection: Connection, result: string, credit: number): void {
    for (const execution of this.executions) {
      if (execution.submission?.connection === connection && execution.receiver.result === result && execution.submission.isAccepted) {
        execution.receiver.addCredit(credit);
      }
    }
  }

  public accepted(execution: QueryExecution): void {
    const { current } = this.connector;
    this.submissionWindow.accepted();
    this.lostMessages.confirm(execution);
    if (current !== undefined && execution.submission?.connection !== current) {
      execution.moveTo(current);
    }
    this.closeUnusedConnections();
    this.submitWaiting();
  }

  public previousReleased(): void {
    this.closeUnusedConnections();
  }

  public completed(): void {
    this.connector.resetFailures();
  }

  public suspended(): void {
    this.closeUnusedConnections();
    this.connector.closeWhenIdle();
    this.submitWaiting();
  }

  public ended(execution: QueryExecution): void {
    this.executions.delete(execution);
    this.suspended();
  }

  public hasWork(): boolean {
    return this.limitsRequest.isPending || this.executions.some(({ isSuspended }) => !isSuspended);
  }

  public connected(connection: Connection): void {
    this.submissionWindow.connected();
    for (const execution of this.executions.findInFlight(({ submission }) => submission?.isAccepted)) {
      if (execution.submission?.isAccepted) {
        execution.moveTo(connection);
      }
    }
    this.submitWaiting();
    for (const execution of this.executions) {
      this.notifyQueued(execution);
    }
    this.limitsRequest.sendOn(connection);
    this.closeUnusedConnections();
  }

  public lost(connection: Connection): void {
    this.lostMessages.clear();
    for (const execution of this.executions) {
      execution.connectionLost(connection);
    }
    this.submitWaiting();
  }

  public hasUnacceptedQuery(connection: Connection): boolean {
    return this.executions.someInFlight(({ submission }) => submission?.connection === connection && !submission.isAccepted);
  }

  public connectionFailed(error: ConnectionError): void {
    for (const execution of this.executions) {
      if (!execution.isSuspended) {
        execution.fail(error);
      }
    }
    this.limitsRequest.fail(error);
  }

  public received(connection: Connection, message: ReceivedMessage): void {
    switch (message.type) {
      case 'accepted': return this.handleAccepted(connection, message);
      case 'progress': return this.executions.withResult(message.result).forEach((execution) => execution.progressed(message.state, message.elapsedMs));
      case 'rows': return this.executions.withResult(message.result).forEach((execution) => execution.rowsReceived(message));
      case 'complete': return this.executions.withId(message.id)?.completed(message);
      case 'error': return this.handleError(connection, message);
      case 'malformed': return this.handleMalformed(message.id, message.result);
      case 'gateway': return this.handleGatewayError(connection, message.message);
      case 'bye': return this.handleGoingAway(connection, message.reason, message.retryable);
      case 'pong': return this.handleLimits(message.limits);
      default: return undefined;
    }
  }

  private handleAccepted(connection: Connection, message: ReceivedAccepted): void {
    const execution = this.executions.withId(message.id);
    if (execution !== undefined) {
      execution.accepted(message);
    } else if (connection.canceledIds.delete(message.id)) {
      connection.send({ type: 'cancel', id: message.id });
    }
  }

  private handleError(connection: Connection, message: ReceivedError): void {
    if (message.id === undefined) {
      return;
    }
    if (message.code !== 'unknown_id') {
      connection.canceledIds.delete(message.id);
    }
    this.executions.withId(message.id)?.failedByService(message);
  }

  private handleMalformed(id: string | undefined, result: string | undefined): void {
    const executions = id === undefined ? this.executions.withResult(result) : [this.executions.withId(id)];
    executions.forEach((execution) => execution?.cancel(new ProtocolError('The service sent a malformed message for the query. Submit the query again.')));
  }

  private handleGoingAway(connection: Connection, reason: string, isRetryable: boolean): void {
    if (isRetryable) {
      this.connector.goingAway(connection);
    } else {
      this.connector.rejected(new ConnectionError('rejected', `The service closed the connection: ${reason}`, false));
    }
  }

  private handleGatewayError(connection: Connection, reason: string): void {
    const senders = this.executions.findInFlight(({ submission, isResponsePending }) => submission?.connection === connection && isResponsePending);
    this.submissionWindow.pause();
    this.lostMessages.report(senders, reason);
  }

  /** Submits waiting queries, in order, while the window has room. Returns whether more queries wait. */
  private submitWaiting(): boolean {
    const { current } = this.connector;
    if (current === undefined || this.isSubmitting) {
      return false;
    }
    this.isSubmitting = true;
    let isWaiting = false;
    for (const execution of this.executions) {
      if (execution.isWaiting) {
        if (!this.submissionWindow.hasRoom(this.executions.inFlight)) {
          isWaiting = true;
          break;
        }
        this.submitOn(current, execution);
      }
    }
    this.isSubmitting = false;
    if (isWaiting && this.submissionWindow.shouldRequestLimits()) {
      current.ping();
    }
    return isWaiting;
  }

  private submitOn(connection: Connection, execution: QueryExecution): void {
    this.submissionWindow.sent();
    execution.submitOn(connection);
  }

  private notifyQueued(execution: QueryExecution): void {
    if (execution.isWaiting && this.connector.current !== undefined) {
      execution.queued();
    }
  }

  private requestLimits(): void {
    const { current } = this.connector;
    this.connector.ensureConnected();
    if (current !== undefined) {
      this.limitsRequest.sendOn(current);
      // If the attempts are exhausted, the request has ended.
      this.connector.closeWhenIdle();
    }
  }

  private handleLimits(limits: ConnectionLimits | undefined): void {
    this.submissionWindow.setLimits(limits);
    this.submitWaiting();
    if (this.limitsRequest.isPending) {
      this.connector.resetFailures();
      this.limitsRequest.complete(limits);
      this.connector.closeWhenIdle();
    }
  }

  private closeUnusedConnections(): void {
    this.connector.closeUnusedConnections((connection) => this.executions.isUsed(connection));
  }
}

function closedError(): ConnectionError {
  return new ConnectionError('closed', 'The client is closed. Call connect() for a new client.', false);
}

import { BoundsQuestion } from './bounds-question';
import type { Connection } from './connection';
import { Connector } from './connector';
import type { ConnectorListener } from './connector';
import { ConnectionError, ProtocolError } from './errors';
import { LostMessages } from './lost-messages';
import type { Settings } from './options';
import type { ReadAccepted, ReadError, ReadMessage } from './server-message';
import { SubmissionWindow } from './submission-window';
import type { Task } from './task';
import type { TaskHost } from './task-host';
import type { ConnectionBounds } from '../protocol/messages';

/** What is in flight, and on which connection. */
export class Session implements TaskHost<Task>, ConnectorListener {
  public acceptsPacked: boolean;
  public readonly connector: Connector;
  /** In the order in which the caller submitted them. */
  private readonly tasks = new Set<Task>();
  /** Those that are in flight. */
  private readonly byId = new Map<string, Task>();
  private readonly bounds: BoundsQuestion;
  private readonly window: SubmissionWindow;
  private readonly lostMessages = new LostMessages<Task>((task, reason) => task.lostMessage(reason));
  private isSubmitting = false;
  private lastId = 0;

  constructor(public readonly settings: Settings, public readonly stateChanged: () => void) {
    this.acceptsPacked = settings.compression;
    this.connector = new Connector(settings, this);
    this.bounds = new BoundsQuestion(settings.clock, () => this.askBounds());
    this.window = new SubmissionWindow(settings, () => this.submit());
  }

  public begin(task: Task): void {
    if (task.isEnded) {
      return;
    }
    this.tasks.add(task);
    if (this.connector.state.name === 'closed') {
      task.fail(closedError());
    } else {
      this.ask(task);
    }
  }

  public async limits(): Promise<ConnectionBounds | undefined> {
    if (this.connector.state.name === 'closed') {
      throw closedError();
    }
    return this.bounds.answer();
  }

  public close(): void {
    this.tasks.forEach((task) => task.fail(closedError()));
    this.bounds.fail(closedError());
    this.window.stop();
    this.connector.close();
  }

  public newId(): string {
    this.lastId += 1;
    return String(this.lastId);
  }

  public named(task: Task, id: string | undefined): void {
    if (task.id !== undefined) {
      this.byId.delete(task.id);
      this.lostMessages.answered(task);
    }
    if (id !== undefined) {
      this.byId.set(id, task);
    }
  }

  public ask(task: Task): void {
    const { current } = this.connector;
    this.connector.ensure();
    if (current === undefined) {
      return;
    }
    if (task.id !== undefined) {
      this.submitOn(current, task);
    } else {
      this.submit();
      this.tellQueued(task);
    }
  }

  public rejected(limit: number | undefined): void {
    this.window.rejected(this.byId.size, limit);
    this.submit();
  }

  public answered(task: Task): void {
    this.connector.progressed();
    this.lostMessages.answered(task);
  }

  public allowed(connection: Connection, result: string, credit: number): void {
    for (const task of this.tasks) {
      if (task.connection === connection && task.result === result && task.isAccepted) {
        task.addCredit(credit);
      }
    }
  }

  public accepted(task: Task): void {
    const { current } = this.connector;
    this.window.accepted();
    this.lostMessages.answered(task);
    if (current !== undefined && task.connection !== current) {
      task.moveTo(current);
    }
    this.closeRetired();
    this.submit();
  }

  public leftPrevious(): void {
    this.closeRetired();
  }

  public progressed(): void {
    this.connector.progressed();
  }

  public suspended(): void {
    this.closeRetired();
    this.connector.released();
    this.submit();
  }

  public ended(task: Task): void {
    this.tasks.delete(task);
    this.suspended();
  }

  public isBusy(): boolean {
    return this.bounds.isAsked || some(this.tasks, ({ isSuspended }) => !isSuspended);
  }

  public connected(connection: Connection): void {
    this.window.connected();
    for (const task of [...this.byId.values()]) {
      if (task.isAccepted) {
        task.moveTo(connection);
      }
    }
    this.submit();
    this.tasks.forEach((task) => this.tellQueued(task));
    this.bounds.askOn(connection);
    this.closeRetired();
  }

  public lost(connection: Connection): void {
    this.lostMessages.clear();
    this.tasks.forEach((task) => task.lostConnection(connection));
    this.submit();
  }

  public isAccepting(connection: Connection): boolean {
    return some(this.byId.values(), (task) => task.connection === connection && !task.isAccepted);
  }

  public gaveUp(error: ConnectionError): void {
    for (const task of this.tasks) {
      if (!task.isSuspended) {
        task.fail(error);
      }
    }
    this.bounds.fail(error);
  }

  public received(connection: Connection, message: ReadMessage): void {
    switch (message.type) {
      case 'accepted': return this.hearAccepted(connection, message);
      case 'progress': return this.of(message.result).forEach((task) => task.progressed(message.state, message.elapsedMs));
      case 'rows': return this.of(message.result).forEach((task) => task.take(message));
      case 'complete': return this.byId.get(message.id)?.completed(message);
      case 'error': return this.hearError(connection, message);
      case 'malformed': return this.hearMalformed(message.id, message.result);
      case 'gateway': return this.hearGatewayError(connection, message.message);
      case 'bye': return this.hearBye(connection, message.reason, message.retryable);
      case 'pong': return this.hearBounds(message.limits);
      default: return undefined;
    }
  }

  private hearAccepted(connection: Connection, message: ReadAccepted): void {
    const task = this.byId.get(message.id);
    if (task !== undefined) {
      task.accepted(message);
    } else if (connection.abandoned.delete(message.id)) {
      connection.send({ type: 'cancel', id: message.id });
    }
  }

  private hearError(connection: Connection, message: ReadError): void {
    if (message.id === undefined) {
      return;
    }
    if (message.code !== 'unknown_id') {
      connection.abandoned.delete(message.id);
    }
    this.byId.get(message.id)?.refused(message);
  }

  private hearMalformed(id: string | undefined, result: string | undefined): void {
    const meant = id === undefined ? this.of(result) : [this.byId.get(id)];
    meant.forEach((task) => task?.cancel(new ProtocolError('The service said something about the query that could not be understood.')));
  }

  private hearBye(connection: Connection, reason: string, retryable: boolean): void {
    if (retryable) {
      this.connector.leaving(connection);
    } else {
      this.connector.refuse(new ConnectionError('refused', `The service ended the connection: ${reason}`, false));
    }
  }

  private hearGatewayError(connection: Connection, reason: string): void {
    const senders = [...this.byId.values()].filter((task) => task.connection === connection && task.isUnanswered);
    this.window.pause();
    this.lostMessages.report(senders, reason);
  }

  /** Submits what is waiting, in order, while there is room. Returns whether more is waiting. */
  private submit(): boolean {
    const { current } = this.connector;
    if (current === undefined || this.isSubmitting) {
      return false;
    }
    this.isSubmitting = true;
    let isWaiting = false;
    for (const task of this.tasks) {
      if (task.isWaiting) {
        if (!this.window.hasRoom(this.byId.size)) {
          isWaiting = true;
          break;
        }
        this.submitOn(current, task);
      }
    }
    this.isSubmitting = false;
    if (isWaiting && this.window.takeLimitsNeeded()) {
      current.check();
    }
    return isWaiting;
  }

  private submitOn(connection: Connection, task: Task): void {
    this.window.sent();
    task.askOn(connection);
  }

  private tellQueued(task: Task): void {
    if (task.isWaiting && this.connector.current !== undefined) {
      task.queued();
    }
  }

  private askBounds(): void {
    const { current } = this.connector;
    this.connector.ensure();
    if (current !== undefined) {
      this.bounds.askOn(current);
      // It may have been asked in vain too often.
      this.connector.released();
    }
  }

  private hearBounds(bounds: ConnectionBounds | undefined): void {
    this.window.limits(bounds);
    this.submit();
    if (this.bounds.isAsked) {
      this.connector.progressed();
      this.bounds.heard(bounds);
      this.connector.released();
    }
  }

  private closeRetired(): void {
    this.connector.closeRetired((connection) => some(this.tasks, (task) => task.uses(connection)));
  }

  private of(result: string | undefined): Task[] {
    return result === undefined ? [] : [...this.byId.values()].filter((task) => task.result === result);
  }
}

function closedError(): ConnectionError {
  return new ConnectionError('closed', 'The client is closed.', false);
}

function some<T>(all: Iterable<T>, isMeant: (one: T) => boolean): boolean {
  for (const one of all) {
    if (isMeant(one)) {
      return true;
    }
  }
  return false;
}

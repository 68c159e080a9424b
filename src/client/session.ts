import { BoundsQuestion } from './bounds-question';
import type { Connection } from './connection';
import { Connector } from './connector';
import type { ConnectorListener } from './connector';
import { ConnectionError, ProtocolError } from './errors';
import type { Settings } from './options';
import type { ReadAccepted, ReadError, ReadMessage } from './server-message';
import type { Task } from './task';
import type { TaskHost } from './task-host';
import type { ConnectionBounds } from '../protocol/messages';

/** What is in flight, and on which connection. */
export class Session implements TaskHost<Task>, ConnectorListener {
  public acceptsPacked: boolean;
  public readonly connector: Connector;
  private readonly tasks = new Set<Task>();
  private readonly byId = new Map<string, Task>();
  private readonly bounds: BoundsQuestion;
  private lastId = 0;

  constructor(public readonly settings: Settings, public readonly stateChanged: () => void) {
    this.acceptsPacked = settings.compression;
    this.connector = new Connector(settings, this);
    this.bounds = new BoundsQuestion(settings.clock, () => this.askBounds());
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
    this.connector.close();
  }

  public newId(): string {
    this.lastId += 1;
    return String(this.lastId);
  }

  public named(task: Task, id: string | undefined): void {
    if (task.id !== undefined) {
      this.byId.delete(task.id);
    }
    if (id !== undefined) {
      this.byId.set(id, task);
    }
  }

  public ask(task: Task): void {
    const { current } = this.connector;
    this.connector.ensure();
    if (current !== undefined) {
      task.askOn(current);
    }
  }

  public isShared(connection: Connection): boolean {
    return connection.abandoned.size > 0 || this.some((task) => task.connection === connection);
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
    if (current !== undefined && task.connection !== current) {
      task.moveTo(current);
    }
    this.closeRetired();
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
  }

  public ended(task: Task): void {
    this.tasks.delete(task);
    this.suspended();
  }

  public isBusy(): boolean {
    return this.bounds.isAsked || this.some(({ isSuspended }) => !isSuspended);
  }

  public connected(connection: Connection): void {
    for (const task of this.tasks) {
      if (task.isWaiting) {
        task.askOn(connection);
      } else if (task.isAccepted) {
        task.moveTo(connection);
      }
    }
    this.bounds.askOn(connection);
    this.closeRetired();
  }

  public lost(connection: Connection): void {
    const { current } = this.connector;
    for (const task of this.tasks) {
      task.lostConnection(connection);
      if (current !== undefined && task.isWaiting) {
        task.askOn(current);
      }
    }
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
      case 'gateway': return this.on(connection).forEach((task) => task.overheard(message.message));
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
    if (this.bounds.isAsked) {
      this.connector.progressed();
      this.bounds.heard(bounds);
      this.connector.released();
    }
  }

  private closeRetired(): void {
    this.connector.closeRetired((connection) => this.some((task) => task.uses(connection)));
  }

  private of(result: string | undefined): Task[] {
    return result === undefined ? [] : [...this.tasks].filter((task) => task.result === result);
  }

  private on(connection: Connection): Task[] {
    return [...this.tasks].filter((task) => task.connection === connection);
  }

  private some(isMeant: (task: Task) => boolean): boolean {
    for (const task of this.tasks) {
      if (isMeant(task)) {
        return true;
      }
    }
    return false;
  }
}

function closedError(): ConnectionError {
  return new ConnectionError('closed', 'The client is closed.', false);
}

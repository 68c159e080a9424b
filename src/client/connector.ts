import { delayBefore } from './backoff';
import { Timer } from './clock';
import { Connection } from './connection';
import type { ConnectionListener } from './connection';
import { destinationOf, openSocket } from './destination';
import { ConnectionError } from './errors';
import { NetworkWatch } from './network-watch';
import type { Settings } from './options';
import type { ReadMessage } from './server-message';

/**
 * How old a connection becomes before another takes its place.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html which ends it after 2 hours
 */
const LIFETIME_MS = 110 * 60_000;

/** By how much it may be shorter, so that pages that were opened together do not all connect again together. */
const LIFETIME_SPREAD_MS = 10 * 60_000;

/** A connection that lasted this long was a good one: the next attempt comes soon. */
const STABLE_MS = 5000;

/**
 * What a client's connection is doing. `idle`: there is none, and nothing needs one. `waiting`: the last attempt failed, or the connection was
 * lost; the next one is made at `retryAt`, in milliseconds since 1970. `closed`: for good.
 */
export type ConnectionState =
  | { readonly name: 'idle' | 'connecting' | 'connected' | 'closed' }
  | { readonly name: 'waiting'; readonly retryAt: number };

/** Whoever uses the connections. */
export interface ConnectorListener {
  /** A connection to ask on from now on. */
  connected(connection: Connection): void;
  received(connection: Connection, message: ReadMessage): void;
  lost(connection: Connection): void;
  isAccepting(connection: Connection): boolean;
  /** No more attempts are made, until somebody asks again. */
  gaveUp(error: ConnectionError): void;
  stateChanged(): void;
  /** Whether something is in flight. */
  isBusy(): boolean;
}

/** Keeps a connection while one is needed: opens it, opens it again when it is lost, replaces it before it is too old, closes it when idle. */
export class Connector implements ConnectionListener {
  public state: ConnectionState = { name: 'idle' };
  /** The open connection to ask on. */
  public current?: Connection;
  private attempt?: { connection?: Connection };
  private readonly retired = new Set<Connection>();
  private failures = 0;
  private lastFailure: unknown;
  private openedAt = 0;
  private readonly retry: Timer;
  private readonly age: Timer;
  private readonly idle: Timer;
  private readonly network: NetworkWatch;

  constructor(private readonly settings: Settings, private readonly listener: ConnectorListener) {
    const { clock, networkEvents } = settings;
    this.retry = new Timer(clock, () => this.connect());
    this.age = new Timer(clock, () => this.replace());
    this.idle = new Timer(clock, () => this.rest());
    this.network = new NetworkWatch(networkEvents, () => this.online(), () => this.current?.check());
  }

  /** Sees to it that there is a connection, now or after the delay that is running. */
  public ensure(): void {
    this.idle.stop();
    if (this.current === undefined && !this.retry.isRunning) {
      this.connect();
    }
  }

  /** Connects now, unless it is connected or about to be. */
  public connect(): void {
    if (this.state.name !== 'closed' && this.attempt === undefined && this.current === undefined) {
      this.open();
    }
  }

  /** To be told when nothing is in flight any more. */
  public released(): void {
    if (this.current !== undefined && !this.listener.isBusy()) {
      this.idle.start(this.settings.idleTimeout);
    } else if (!this.isNeeded() && this.state.name !== 'closed') {
      this.rest();
    }
  }

  /** Something came that shows that the service answers. */
  public progressed(): void {
    this.failures = 0;
  }

  /** Closes a connection that was replaced, and on which nothing is left. */
  public closeRetired(isUsed: (connection: Connection) => boolean): void {
    for (const connection of this.retired) {
      if (!isUsed(connection)) {
        this.retired.delete(connection);
        connection.close();
      }
    }
  }

  /** The service has said that it is about to end a connection: another takes its place, while this one goes on. */
  public leaving(connection: Connection): void {
    if (connection !== this.current || connection.isLeaving) {
      return;
    }
    connection.isLeaving = true;
    this.judge();
    if (this.failures > 0 && this.isNeeded()) {
      // One that says so at once may say it of each that follows.
      this.age.start(delayBefore(this.failures, this.settings.random));
    } else {
      this.replace();
    }
  }

  /** The service has said that it will not have this client. */
  public refuse(error: ConnectionError): void {
    this.giveUp(error);
  }

  public close(): void {
    this.disconnect();
    this.become({ name: 'closed' });
  }

  public opened(connection: Connection): void {
    if (this.current !== undefined) {
      this.retired.add(this.current);
    }
    const { clock, random } = this.settings;
    this.attempt = undefined;
    this.current = connection;
    this.openedAt = clock.now();
    this.age.start(LIFETIME_MS - random() * LIFETIME_SPREAD_MS);
    this.become({ name: 'connected' });
    this.listener.connected(connection);
    this.released();
  }

  public received(connection: Connection, message: ReadMessage): void {
    this.listener.received(connection, message);
  }

  public isAccepting(connection: Connection): boolean {
    return this.listener.isAccepting(connection);
  }

  public lost(connection: Connection): void {
    if (this.attempt?.connection === connection) {
      this.failed();
      return;
    }
    if (!this.retired.delete(connection)) {
      this.current = undefined;
      this.age.stop();
      if (!connection.isLeaving) {
        this.judge();
      }
    }
    this.listener.lost(connection);
    this.recover();
  }

  /** Whether the current connection, which ends, was a good one. */
  private judge(): void {
    this.failures = this.settings.clock.now() - this.openedAt >= STABLE_MS ? 0 : this.failures + 1;
  }

  /** Connects again later, if anybody needs it. */
  private recover(): void {
    if (this.current !== undefined || this.state.name === 'closed') {
      return;
    }
    if (this.attempt !== undefined) {
      this.become({ name: 'connecting' });
    } else if (!this.isNeeded()) {
      this.rest();
    } else if (this.failures >= this.settings.maximumAttempts) {
      this.giveUp(this.unreachable());
    } else {
      this.retryLater();
    }
  }

  private isNeeded(): boolean {
    return this.settings.idleTimeout === Infinity || this.listener.isBusy();
  }

  private replace(): void {
    if (this.isNeeded() && this.attempt === undefined) {
      this.open();
    } else if (!this.isNeeded()) {
      this.rest();
    }
  }

  private open(): void {
    this.retry.stop();
    this.network.start();
    const attempt: Connector['attempt'] = {};
    this.attempt = attempt;
    if (this.current === undefined) {
      this.become({ name: 'connecting' });
    }
    void this.tryToOpen(attempt);
  }

  private async tryToOpen(attempt: NonNullable<Connector['attempt']>): Promise<void> {
    try {
      const destination = await destinationOf(this.settings);
      if (this.attempt === attempt) {
        attempt.connection = new Connection(openSocket(this.settings, destination), this.settings.clock, this);
      }
    } catch (error) {
      if (this.attempt === attempt) {
        this.failedBefore(error);
      }
    }
  }

  /** There was not even a WebSocket. */
  private failedBefore(error: unknown): void {
    if (error instanceof ConnectionError && this.current === undefined) {
      this.giveUp(error);
    } else {
      this.lastFailure = error;
      this.failed();
    }
  }

  private failed(): void {
    this.attempt = undefined;
    this.failures += 1;
    if (this.current !== undefined) {
      this.age.start(delayBefore(this.failures, this.settings.random));
    } else {
      this.recover();
    }
  }

  private retryLater(): void {
    const delay = delayBefore(this.failures, this.settings.random);
    this.retry.start(delay);
    this.become({ name: 'waiting', retryAt: this.settings.clock.now() + delay });
  }

  private unreachable(): ConnectionError {
    const cause = this.lastFailure;
    return cause === undefined
      ? new ConnectionError('unreachable', `No connection could be kept or opened, in ${this.failures} attempts.`, true)
      : new ConnectionError('address_failed', `No connection could be opened, in ${this.failures} attempts; the last one failed before it began.`, true, cause);
  }

  private giveUp(error: ConnectionError): void {
    this.disconnect();
    this.become({ name: 'idle' });
    this.listener.gaveUp(error);
  }

  /** There is no connection any more, since nothing needs one. */
  private rest(): void {
    this.disconnect();
    this.become({ name: 'idle' });
  }

  private disconnect(): void {
    const connections = [this.current, this.attempt?.connection, ...this.retired];
    this.current = undefined;
    this.attempt = undefined;
    this.retired.clear();
    this.failures = 0;
    this.lastFailure = undefined;
    [this.retry, this.age, this.idle].forEach((timer) => timer.stop());
    this.network.stop();
    connections.forEach((connection) => connection?.close());
  }

  private become(state: ConnectionState): void {
    if (state.name !== this.state.name || state.name === 'waiting') {
      this.state = state;
      this.listener.stateChanged();
    }
  }

  private online(): void {
    this.failures = 0;
    this.current?.check();
    if (this.retry.isRunning) {
      this.connect();
    }
  }
}

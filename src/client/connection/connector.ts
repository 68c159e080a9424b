import { ConnectBackoff } from './connect-backoff';
import { createConnectRequest, openSocket } from './connect-request';
import { Connection } from './connection';
import type { ConnectionListener } from './connection';
import { ConnectionError } from '../errors';
import { NetworkMonitor } from './network-monitor';
import type { ReceivedMessage } from '../messages/server-message';
import type { Settings } from '../options';
import { Timer } from '../timing/timer';

/**
 * Maximum age of a connection before the client replaces it. API Gateway closes a connection after 2 hours.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const MAX_AGE_MS = 110 * 60_000;

/** Maximum random reduction of the age, so that pages that were opened together don't reconnect together. */
const MAX_AGE_JITTER_MS = 10 * 60_000;

/**
 * The state of the connection of a client.
 * - `idle`: there is no connection, because no query needs one
 * - `connecting`, `connected`: the connection opens, or is open
 * - `waiting`: the connection was lost or an attempt failed; the next attempt starts at `retryAt`, in milliseconds since 1970-01-01T00:00:00Z
 * - `closed`: the application closed the client
 */
export type ConnectionState =
  | { readonly name: 'idle' | 'connecting' | 'connected' | 'closed' }
  | { readonly name: 'waiting'; readonly retryAt: number };

export interface ConnectorListener {
  /** Called with the connection for new queries. */
  connected(connection: Connection): void;
  received(connection: Connection, message: ReceivedMessage): void;
  lost(connection: Connection): void;
  hasUnacceptedQuery(connection: Connection): boolean;
  /** Called when the connector stops connecting, until the next query. */
  connectionFailed(error: ConnectionError): void;
  stateChanged(): void;
  /** Returns whether the client needs a connection. */
  hasWork(): boolean;
}

/** Opens a connection while one is needed: reconnects when it is lost, replaces it before its maximum age, and closes it when it is idle. */
export class Connector implements ConnectionListener {
  public state: ConnectionState = { name: 'idle' };
  /** The open connection for new queries. */
  public current?: Connection;
  private attempt?: { connection?: Connection };
  private readonly replacedConnections = new Set<Connection>();
  private readonly backoff: ConnectBackoff;
  private readonly retryTimer: Timer;
  private readonly replacementTimer: Timer;
  private readonly idleTimer: Timer;
  private readonly networkMonitor: NetworkMonitor;

  constructor(private readonly settings: Settings, private readonly listener: ConnectorListener) {
    const { clock, networkEvents } = settings;
    this.backoff = new ConnectBackoff(settings);
    this.retryTimer = new Timer(clock, () => this.connect());
    this.replacementTimer = new Timer(clock, () => this.replace());
    this.idleTimer = new Timer(clock, () => this.becomeIdle());
    this.networkMonitor = new NetworkMonitor(networkEvents, () => this.handleOnline(), () => this.current?.ping());
  }

  /** Connects, unless there is a connection or a scheduled attempt. */
  public ensureConnected(): void {
    this.idleTimer.stop();
    if (this.current === undefined && !this.retryTimer.isRunning) {
      this.connect();
    }
  }

  /** Connects at once, unless there is a connection or an attempt in progress. */
  public connect(): void {
    if (this.state.name !== 'closed' && this.attempt === undefined && this.current === undefined) {
      this.open();
    }
  }

  /** Starts the idle timeout if no query needs the connection. */
  public closeWhenIdle(): void {
    if (this.current !== undefined && !this.listener.hasWork()) {
      this.idleTimer.start(this.settings.idleTimeout);
    } else if (!this.isConnectionNeeded() && this.state.name !== 'closed') {
      this.becomeIdle();
    }
  }

  /** Resets the backoff, because the service responded. */
  public resetFailures(): void {
    this.backoff.reset();
  }

  /** Closes replaced connections that no query uses. */
  public closeUnusedConnections(isUsed: (connection: Connection) => boolean): void {
    for (const connection of this.replacedConnections) {
      if (!isUsed(connection)) {
        this.replacedConnections.delete(connection);
        connection.close();
      }
    }
  }

  /** Replaces a connection that the service is about to close. */
  public goingAway(connection: Connection): void {
    if (connection !== this.current || connection.isGoingAway) {
      return;
    }
    connection.isGoingAway = true;
    this.backoff.connectionLost();
    if (this.backoff.isNeeded && this.isConnectionNeeded()) {
      // A service that closes new connections at once can do the same to the next one.
      this.replacementTimer.start(this.backoff.delay());
    } else {
      this.replace();
    }
  }

  /** Stops connecting, because the service rejects this client. */
  public rejected(error: ConnectionError): void {
    this.fail(error);
  }

  public close(): void {
    this.disconnect();
    this.setState({ name: 'closed' });
  }

  public opened(connection: Connection): void {
    if (this.current !== undefined) {
      this.replacedConnections.add(this.current);
    }
    this.attempt = undefined;
    this.current = connection;
    this.backoff.opened();
    this.replacementTimer.start(MAX_AGE_MS - this.settings.random() * MAX_AGE_JITTER_MS);
    this.setState({ name: 'connected' });
    this.listener.connected(connection);
    this.closeWhenIdle();
  }

  public received(connection: Connection, message: ReceivedMessage): void {
    this.listener.received(connection, message);
  }

  public hasUnacceptedQuery(connection: Connection): boolean {
    return this.listener.hasUnacceptedQuery(connection);
  }

  public lost(connection: Connection): void {
    if (this.attempt?.connection === connection) {
      this.handleFailedAttempt();
      return;
    }
    if (!this.replacedConnections.delete(connection)) {
      this.current = undefined;
      this.replacementTimer.stop();
      if (!connection.isGoingAway) {
        this.backoff.connectionLost();
      }
    }
    this.listener.lost(connection);
    this.reconnect();
  }

  /** Schedules the next attempt if a connection is needed. */
  private reconnect(): void {
    if (this.current !== undefined || this.state.name === 'closed') {
      return;
    }
    if (this.attempt !== undefined) {
      this.setState({ name: 'connecting' });
    } else if (!this.isConnectionNeeded()) {
      this.becomeIdle();
    } else if (this.backoff.areAttemptsExhausted) {
      this.fail(this.backoff.error());
    } else {
      this.scheduleRetry();
    }
  }

  private isConnectionNeeded(): boolean {
    return this.settings.idleTimeout === Infinity || this.listener.hasWork();
  }

  private replace(): void {
    if (this.isConnectionNeeded() && this.attempt === undefined) {
      this.open();
    } else if (!this.isConnectionNeeded()) {
      this.becomeIdle();
    }
  }

  private open(): void {
    this.retryTimer.stop();
    this.networkMonitor.start();
    const attempt: Connector['attempt'] = {};
    this.attempt = attempt;
    if (this.current === undefined) {
      this.setState({ name: 'connecting' });
    }
    void this.openSocket(attempt);
  }

  private async openSocket(attempt: NonNullable<Connector['attempt']>): Promise<void> {
    try {
      const request = await createConnectRequest(this.settings);
      if (this.attempt === attempt) {
        attempt.connection = new Connection(openSocket(this.settings, request), this.settings.clock, this);
      }
    } catch (error) {
      if (this.attempt === attempt) {
        this.handleRequestError(error);
      }
    }
  }

  /** Handles an error before the WebSocket was created. */
  private handleRequestError(error: unknown): void {
    if (error instanceof ConnectionError && this.current === undefined) {
      this.fail(error);
    } else {
      this.backoff.setError(error);
      this.handleFailedAttempt();
    }
  }

  private handleFailedAttempt(): void {
    this.attempt = undefined;
    this.backoff.failed();
    if (this.current !== undefined) {
      this.replacementTimer.start(this.backoff.delay());
    } else {
      this.reconnect();
    }
  }

  private scheduleRetry(): void {
    const delay = this.backoff.delay();
    this.retryTimer.start(delay);
    this.setState({ name: 'waiting', retryAt: this.settings.clock.now() + delay });
  }

  private fail(error: ConnectionError): void {
    this.disconnect();
    this.setState({ name: 'idle' });
    this.listener.connectionFailed(error);
  }

  /** Closes all connections, because none is needed. */
  private becomeIdle(): void {
    this.disconnect();
    this.setState({ name: 'idle' });
  }

  private disconnect(): void {
    const connections = [this.current, this.attempt?.connection, ...this.replacedConnections];
    this.current = undefined;
    this.attempt = undefined;
    this.replacedConnections.clear();
    this.backoff.clear();
    [this.retryTimer, this.replacementTimer, this.idleTimer].forEach((timer) => timer.stop());
    this.networkMonitor.stop();
    connections.forEach((connection) => connection?.close());
  }

  private setState(state: ConnectionState): void {
    if (state.name !== this.state.name || state.name === 'waiting') {
      this.state = state;
      this.listener.stateChanged();
    }
  }

  private handleOnline(): void {
    this.backoff.reset();
    this.current?.ping();
    if (this.retryTimer.isRunning) {
      this.connect();
    }
  }
}

import type { WebSocketLike } from './web-socket';
import type { PingMessage } from '../../protocol/messages';
import { MessageOrder } from '../messages/message-order';
import { readServerMessage } from '../messages/server-message';
import type { ReceivedMessage } from '../messages/server-message';
import type { Clock } from '../timing/clock';
import { Timer } from '../timing/timer';

/** More than the 29 seconds that API Gateway waits for the integration of `$connect`. */
const CONNECT_TIMEOUT_MS = 30_000;

/**
 * Maximum time without a message before the client sends a `ping`. API Gateway closes a connection after 10 minutes without a message.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const MAX_SILENCE_MS = 4 * 60_000;

/** Maximum time until the `pong`, including a cold start of the function. */
export const PONG_TIMEOUT_MS = 10_000;

/** Maximum time without a message before the client sends a `ping`, while a submitted query isn't accepted. */
const MAX_SUBMISSION_SILENCE_MS = 4000;

export interface ConnectionListener {
  opened(connection: Connection): void;
  received(connection: Connection, message: ReceivedMessage): void;
  /** Called when the connection ends, unless the client closed it. */
  lost(connection: Connection): void;
  /** Returns whether the connection has a submitted query that the service has not accepted. */
  hasUnacceptedQuery(connection: Connection): boolean;
}

/** A message to the service. */
export type OutgoingMessage = { readonly type: string } & Record<string, unknown>;

/** One WebSocket connection. */
export class Connection {
  /** Ids of queries that the client canceled before the service accepted them. */
  public readonly canceledIds = new Set<string>();
  public isOpen = false;
  /** Whether the service announced that it will close the connection. */
  public isGoingAway = false;
  private isClosed = false;
  private hasUnacceptedQuery = false;
  private readonly responseTimer: Timer;
  private readonly silenceTimer: Timer;
  private readonly messageOrder = new MessageOrder((message) => this.listener.received(this, message));

  constructor(private readonly socket: WebSocketLike, clock: Clock, private readonly listener: ConnectionListener) {
    this.responseTimer = new Timer(clock, () => this.drop());
    this.silenceTimer = new Timer(clock, () => this.ping());
    this.responseTimer.start(CONNECT_TIMEOUT_MS);
    socket.addEventListener('open', () => this.handleOpen());
    socket.addEventListener('message', ({ data }: { data: unknown }) => this.handleMessage(data));
    socket.addEventListener('close', () => this.drop());
    socket.addEventListener('error', () => undefined);
  }

  /** Sends a message if the connection is open. If it isn't, the listener resubmits on another connection. */
  public send(message: OutgoingMessage): void {
    if (this.isOpen && !this.isClosed) {
      this.socket.send(JSON.stringify(message));
    }
  }

  /** Sends a query, which the service accepts or rejects within seconds. */
  public submit(message: OutgoingMessage): void {
    this.send(message);
    if (!this.hasUnacceptedQuery) {
      this.hasUnacceptedQuery = true;
      this.restartSilenceTimer();
    }
  }

  /** Sends a `ping`. Without a message from the service before the timeout, the connection is dropped. */
  public ping(): void {
    if (this.isOpen && !this.responseTimer.isRunning) {
      const ping: PingMessage = { type: 'ping' };
      this.send({ ...ping });
      this.responseTimer.start(PONG_TIMEOUT_MS);
    }
  }

  public close(): void {
    if (!this.isClosed) {
      this.stop();
      this.socket.close(1000);
    }
  }

  /** Closes the connection and notifies the listener, as if it had been lost. */
  public drop(): void {
    if (!this.isClosed) {
      this.close();
      this.listener.lost(this);
    }
  }

  private handleOpen(): void {
    if (!this.isClosed) {
      this.isOpen = true;
      this.responseTimer.stop();
      this.restartSilenceTimer();
      this.listener.opened(this);
    }
  }

  private handleMessage(data: unknown): void {
    if (!this.isClosed) {
      this.responseTimer.stop();
      const message = readServerMessage(data);
      if (message !== undefined) {
        this.messageOrder.handle(message);
      }
      this.hasUnacceptedQuery = this.listener.hasUnacceptedQuery(this);
      this.restartSilenceTimer();
    }
  }

  private restartSilenceTimer(): void {
    if (!this.isClosed) {
      this.silenceTimer.start(this.hasUnacceptedQuery ? MAX_SUBMISSION_SILENCE_MS : MAX_SILENCE_MS);
    }
  }

  private stop(): void {
    this.isClosed = true;
    this.isOpen = false;
    this.canceledIds.clear();
    this.responseTimer.stop();
    this.silenceTimer.stop();
  }
}

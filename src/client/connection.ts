import { Timer } from './clock';
import type { Clock } from './clock';
import { InOrder } from './in-order';
import { readServerMessage } from './server-message';
import type { ReadMessage } from './server-message';
import type { WebSocketLike } from './web-socket';
import { MAXIMUM_MESSAGE_BYTES } from '../protocol/messages';
import type { PingMessage } from '../protocol/messages';

/** A little more than API Gateway waits for the function behind `$connect`, which is 29 seconds. */
const LONGEST_OPENING_MS = 30_000;

/**
 * After how long a silence the client says something.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html which ends a connection
 * after 10 minutes of it
 */
const LONGEST_SILENCE_MS = 4 * 60_000;

/** What an answer to a `ping` may take, the start of a function included. */
export const LONGEST_ANSWER_MS = 10_000;

/** After how long a silence the connection is checked while a query is not accepted. */
const MAX_SUBMISSION_SILENCE_MS = 4000;

/** Whoever wants to hear of a connection. */
export interface ConnectionListener {
  opened(connection: Connection): void;
  received(connection: Connection, message: ReadMessage): void;
  /** It is over, and not because `close` was called. */
  lost(connection: Connection): void;
  /** Whether a query that was submitted on it is not accepted yet. */
  isAccepting(connection: Connection): boolean;
}

/** A message that this side sends: `type` and whatever belongs to it. */
export type Sent = { readonly type: string } & Record<string, unknown>;

/** One WebSocket, from its opening to its end. */
export class Connection {
  /** The ids on it whose answers nobody wants any more, and which have not been accepted yet. */
  public readonly abandoned = new Set<string>();
  public isOpen = false;
  /** The service has said that it will end it. */
  public isLeaving = false;
  private isOver = false;
  private isAccepting = false;
  private readonly deadline: Timer;
  private readonly silence: Timer;
  private readonly inOrder = new InOrder((message) => this.listener.received(this, message));

  constructor(private readonly socket: WebSocketLike, clock: Clock, private readonly listener: ConnectionListener) {
    this.deadline = new Timer(clock, () => this.lose());
    this.silence = new Timer(clock, () => this.check());
    this.deadline.start(LONGEST_OPENING_MS);
    socket.addEventListener('open', () => this.open());
    socket.addEventListener('message', ({ data }: { data: unknown }) => this.receive(data));
    socket.addEventListener('close', () => this.lose());
    socket.addEventListener('error', () => undefined);
  }

  /** Sends a message, unless the connection is over: then somebody has been told, and asks again elsewhere. */
  public send(message: Sent): void {
    if (this.isOpen && !this.isOver) {
      this.socket.send(JSON.stringify(message));
    }
  }

  /** Sends a message that the service answers within seconds. */
  public submit(message: Sent): void {
    this.send(message);
    if (!this.isAccepting) {
      this.isAccepting = true;
      this.awaitMessage();
    }
  }

  /** Finds out whether somebody is still there: without an answer the connection is lost. */
  public check(): void {
    if (this.isOpen && !this.deadline.isRunning) {
      const ping: PingMessage = { type: 'ping' };
      this.send({ ...ping });
      this.deadline.start(LONGEST_ANSWER_MS);
    }
  }

  public close(): void {
    if (!this.isOver) {
      this.end();
      this.socket.close(1000);
    }
  }

  /** Gives the connection up as if it had broken. */
  public lose(): void {
    if (!this.isOver) {
      this.close();
      this.listener.lost(this);
    }
  }

  private open(): void {
    if (!this.isOver) {
      this.isOpen = true;
      this.deadline.stop();
      this.awaitMessage();
      this.listener.opened(this);
    }
  }

  private receive(data: unknown): void {
    if (!this.isOver) {
      this.deadline.stop();
      const message = readServerMessage(data);
      if (message !== undefined) {
        this.inOrder.handle(message);
      }
      this.isAccepting = this.listener.isAccepting(this);
      this.awaitMessage();
    }
  }

  private awaitMessage(): void {
    if (!this.isOver) {
      this.silence.start(this.isAccepting ? MAX_SUBMISSION_SILENCE_MS : LONGEST_SILENCE_MS);
    }
  }

  private end(): void {
    this.isOver = true;
    this.isOpen = false;
    this.abandoned.clear();
    this.deadline.stop();
    this.silence.stop();
  }
}

/** Whether a message is larger than API Gateway takes: it would end the connection. */
export function isTooLarge(message: Sent): boolean {
  return new TextEncoder().encode(JSON.stringify(message)).length > MAXIMUM_MESSAGE_BYTES;
}

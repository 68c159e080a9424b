import type { WebSocket } from 'ws';
import { FrameReader } from './frame-reader';
import type { ConnectionIdentity } from './authorization';
import type { WebSocketLimits } from './limits';

/** What a connection tells the API that it belongs to. */
export interface ConnectionListener {
  received(connection: Connection, body: string): void;
  ended(connection: Connection, code: number, reason: string): void;
}

/** How long a client may take to answer that the connection is closed, before it is cut. */
const CLOSE_GRACE_MS = 2000;
const CLOSE_CODES = { normal: 1000, goingAway: 1001, notAcceptable: 1003, noStatus: 1005, abnormal: 1006, tooBig: 1009 };

/** A client that is connected. */
export class Connection {
  public lastActiveAt = Date.now();
  private open = true;
  private closing?: { readonly code: number; readonly reason: string };
  private idleTimer?: NodeJS.Timeout;
  private readonly ageTimer: NodeJS.Timeout;
  private closeTimer?: NodeJS.Timeout;

  constructor(
    public readonly identity: ConnectionIdentity,
    private readonly webSocket: WebSocket,
    private readonly limits: WebSocketLimits,
    private readonly listener: ConnectionListener,
  ) {
    this.ageTimer = setTimeout(() => this.end(CLOSE_CODES.goingAway, 'Going away'), limits.connectionMilliseconds);
    this.touch();
    webSocket.on('message', (data: Buffer, isBinary) => this.receive(data, isBinary));
    webSocket.on('ping', (data: Buffer) => this.pong(data));
    webSocket.on('close', (code, reason) => this.closed(code, reason.toString()));
    // A protocol error of the client is followed by the event that the connection is closed.
    webSocket.on('error', () => {});
  }

  /** Watches the client's bytes for frames and messages that are too large; to be given each chunk before it is read otherwise. */
  public watchFrames(): (chunk: Buffer) => void {
    const reader = new FrameReader(this.limits);
    return (chunk) => {
      const problem = this.open ? reader.read(chunk) : undefined;
      if (problem !== undefined) {
        this.end(CLOSE_CODES.tooBig, problem);
      }
    };
  }

  /** Whether so much waits for the client that it takes no more. */
  public get isFull(): boolean {
    return this.webSocket.bufferedAmount > this.limits.clientBufferBytes;
  }

  public get isOpen(): boolean {
    return this.open;
  }

  /** Sends a message, in frames as large as the service allows. */
  public post(message: Buffer): void {
    this.touch();
    const { frameBytes } = this.limits;
    for (let offset = 0; offset === 0 || offset < message.length; offset += frameBytes) {
      const end = offset + frameBytes;
      this.webSocket.send(message.subarray(offset, end), { binary: false, fin: end >= message.length });
    }
  }

  /** Closes the connection because a function asked for it. */
  public delete(): void {
    this.end(CLOSE_CODES.normal, 'Connection Closed Normally');
  }

  /** Cuts the connection without a word to anyone. */
  public abandon(): void {
    this.open = false;
    this.clearTimers();
    this.webSocket.terminate();
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (!this.open) {
      return;
    }
    this.touch();
    if (isBinary) {
      this.end(CLOSE_CODES.notAcceptable, 'Binary is not supported');
    } else {
      this.listener.received(this, data.toString('utf8'));
    }
  }

  /** RFC 6455 lets a server answer the latest ping alone, so that none is answered while the client does not read. */
  private pong(data: Buffer): void {
    if (this.open && !this.isFull) {
      this.webSocket.pong(data);
    }
  }

  private touch(): void {
    this.lastActiveAt = Date.now();
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => this.end(CLOSE_CODES.goingAway, 'Going away'), this.limits.idleMilliseconds);
  }

  private end(code: number, reason: string): void {
    if (this.open) {
      this.open = false;
      this.closing = { code, reason };
      this.webSocket.close(code, reason);
      this.closeTimer = setTimeout(() => this.webSocket.terminate(), CLOSE_GRACE_MS);
    }
  }

  private closed(code: number, reason: string): void {
    this.open = false;
    this.clearTimers();
    const clientReason = code === CLOSE_CODES.noStatus ? 'Client-side close frame status not set'
      : code === CLOSE_CODES.abnormal ? 'Connection Closed Abnormally' : reason;
    this.listener.ended(this, this.closing?.code ?? code, this.closing?.reason ?? clientReason);
  }

  private clearTimers(): void {
    [this.idleTimer, this.ageTimer, this.closeTimer].forEach((timer) => clearTimeout(timer));
  }
}

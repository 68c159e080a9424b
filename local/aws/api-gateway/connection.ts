import type { WebSocket } from 'ws';
import type { ConnectionIdentity } from './authorization';
import { FrameReader } from './frame-reader';
import type { WebSocketLimits } from './limits';

/** Receives the events of a connection. */
export interface ConnectionListener {
  received(connection: Connection, body: string): void;
  ended(connection: Connection, code: number, reason: string): void;
}

/** Time after which a closing connection is terminated if the client sends no close frame. */
const CLOSE_GRACE_MS = 2000;
const CLOSE_CODES = { normal: 1000, goingAway: 1001, notAcceptable: 1003, noStatus: 1005, abnormal: 1006, tooBig: 1009 };

/** An open WebSocket connection. */
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
    // The close event follows each protocol error.
    webSocket.on('error', () => {});
  }

  /** Returns a function that checks the size of frames and messages. It must be called with each chunk before the WebSocket reads it. */
  public watchFrames(): (chunk: Buffer) => void {
    const reader = new FrameReader(this.limits);
    return (chunk) => {
      const problem = this.open ? reader.read(chunk) : undefined;
      if (problem !== undefined) {
        this.end(CLOSE_CODES.tooBig, problem);
      }
    };
  }

  /** Whether the send buffer of the client is full. */
  public get isFull(): boolean {
    return this.webSocket.bufferedAmount > this.limits.clientBufferBytes;
  }

  public get isOpen(): boolean {
    return this.open;
  }

  /** Sends a message in frames of the maximum size. */
  public post(message: Buffer): void {
    this.touch();
    const { frameBytes } = this.limits;
    for (let offset = 0; offset === 0 || offset < message.length; offset += frameBytes) {
      const end = offset + frameBytes;
      this.webSocket.send(message.subarray(offset, end), { binary: false, fin: end >= message.length });
    }
  }

  /** Closes the connection on behalf of a function. */
  public delete(): void {
    this.end(CLOSE_CODES.normal, 'Connection Closed Normally');
  }

  /** Terminates the connection without events. */
  public terminate(): void {
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

  /** Skips pongs while the client doesn't read. RFC 6455 allows a server to reply only to the latest ping. */
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

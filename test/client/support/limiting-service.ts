import { FakeSocket } from './fake-socket';
import { complete } from './scripted-server';
import type { Clock, ConnectionLimits, WebSocketClass } from '../../../src/client';

type Message = Readonly<Record<string, any>>;

/** The limits and faults of the service. */
export interface LimitingServiceOptions {
  readonly limits?: Partial<ConnectionLimits>;
  readonly queryMs?: number;
  /** Whether `pong` carries the limits. @default true */
  readonly sendsLimits?: boolean;
  /** Returns whether API Gateway loses the message with a number, from 1. @default - loses none */
  readonly losesMessage?: (count: number, message: Message) => boolean;
}

const DEFAULT_LIMITS: ConnectionLimits = { messageBytes: 32768, queriesPerConnection: 20, messagesPerSecond: 1000, burst: 2000 };

/** A service in memory that enforces the limits of a connection, of a caller and of the stage. All clients have the same caller. */
export class LimitingService {
  public messages = 0;
  public throttled = 0;
  public rejected = 0;
  public readonly submitted: Message[] = [];
  public readonly limits: ConnectionLimits;
  public readonly WebSocket: WebSocketClass;
  private readonly inFlight = new Map<FakeSocket, Set<string>>();
  private tokens: number;
  private countedAt: number;

  constructor(private readonly clock: Clock, private readonly options: LimitingServiceOptions = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.tokens = this.limits.burst;
    this.countedAt = clock.now();
    const service = this;
    this.WebSocket = class extends FakeSocket {
      constructor() {
        super();
        service.inFlight.set(this, new Set());
        this.openSoon();
      }

      public override send(json: string): void {
        queueMicrotask(() => service.receive(this, JSON.parse(json) as Message));
      }
    };
  }

  public get queriesInFlight(): number {
    return [...this.inFlight.values()].reduce((sum, { size }) => sum + size, 0);
  }

  private receive(socket: FakeSocket, message: Message): void {
    this.messages += 1;
    if (!this.takeToken()) {
      this.throttled += 1;
      send(socket, { message: 'Too Many Requests', connectionId: 'c', requestId: 'r' });
    } else if (this.options.losesMessage?.(this.messages, message)) {
      send(socket, { message: 'Internal server error', connectionId: 'c', requestId: 'r' });
    } else {
      this.handle(socket, message);
    }
  }

  private handle(socket: FakeSocket, message: Message): void {
    const { id } = message;
    switch (message.type) {
      case 'ping': return send(socket, { type: 'pong', ...(this.options.sendsLimits === false ? {} : { limits: this.limits }) });
      case 'cancel': return this.cancel(socket, id);
      default: return this.submit(socket, message);
    }
  }

  private submit(socket: FakeSocket, message: Message): void {
    const { id } = message;
    const own = this.inFlight.get(socket)!;
    const limit = this.limitReached(own.size);
    if (limit !== undefined) {
      this.rejected += 1;
      send(socket, { type: 'error', id, code: 'too_many_queries', message: `At most ${limit}.`, retryable: true, limit });
      return;
    }
    this.submitted.push(message);
    own.add(id);
    send(socket, { type: 'accepted', id, result: `r${id}`, shared: false, cached: false });
    this.clock.setTimeout(() => {
      if (own.delete(id)) {
        send(socket, complete({ id }, `r${id}`, []));
      }
    }, this.options.queryMs ?? 1000);
  }

  private limitReached(ofConnection: number): number | undefined {
    const { queriesPerConnection, queriesPerCaller = Infinity } = this.limits;
    if (ofConnection >= queriesPerConnection) {
      return queriesPerConnection;
    }
    return this.queriesInFlight >= queriesPerCaller ? queriesPerCaller : undefined;
  }

  private cancel(socket: FakeSocket, id: string): void {
    const wasInFlight = this.inFlight.get(socket)!.delete(id);
    send(socket, { type: 'error', id, code: wasInFlight ? 'cancelled' : 'unknown_id', message: 'Canceled.', retryable: true, ...(wasInFlight ? { result: `r${id}` } : {}) });
  }

  private takeToken(): boolean {
    const { messagesPerSecond, burst } = this.limits;
    const now = this.clock.now();
    this.tokens = Math.min(burst, this.tokens + (now - this.countedAt) * messagesPerSecond / 1000);
    this.countedAt = now;
    if (this.tokens < 1) {
      return false;
    }
    this.tokens -= 1;
    return true;
  }
}

function send(socket: FakeSocket, message: Message): void {
  queueMicrotask(() => socket.receive(message));
}

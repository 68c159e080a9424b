import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { SUBPROTOCOL } from '../../../src/protocol/connect-request';
import type { Column, WireValue } from '../../../src/protocol/messages';

type Message = Readonly<Record<string, any>>;

export const COLUMNS: readonly Column[] = [{ name: 'day', type: 'date' }, { name: 'trips', type: 'int8' }];
export const TIMING = { waitingMs: 1, runningMs: 2, eventMs: 3, fetchingMs: 4, pushingMs: 5 };

/** Waits for conditions. */
class Waiters {
  private readonly waiters = new Set<() => void>();

  public wake(): void {
    this.waiters.forEach((watch) => watch());
  }

  /** Waits until the function returns a value. */
  public async until<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const watch = (): void => {
        const found = find();
        if (found !== undefined) {
          this.waiters.delete(watch);
          resolve(found);
        }
      };
      this.waiters.add(watch);
      watch();
    });
  }
}

/** The server's end of a connection. */
export class ScriptedConnection {
  public readonly messages: Message[] = [];
  public isClosed = false;
  private readonly waiters = new Waiters();

  constructor(private readonly socket: WebSocket, public readonly request: IncomingMessage) {
    socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as Message);
      this.waiters.wake();
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.waiters.wake();
    });
  }

  /** Waits for the message of a type with an index, from 0. */
  public async received(type: string, index = 0): Promise<Message> {
    return this.waiters.until(() => this.ofType(type)[index]);
  }

  /** Waits until the function returns a value. */
  public async until<T>(find: () => T | undefined): Promise<T> {
    return this.waiters.until(find);
  }

  public async closed(): Promise<void> {
    await this.waiters.until(() => (this.isClosed ? true : undefined));
  }

  public ofType(type: string): Message[] {
    return this.messages.filter((message) => message.type === type);
  }

  public send(...messages: (Message | string)[]): void {
    messages.forEach((message) => this.socket.send(typeof message === 'string' ? message : JSON.stringify(message)));
  }

  public accept({ id }: Message, result: string, more: Message = {}): void {
    this.send({ type: 'accepted', id, result, shared: false, cached: false, ...more });
  }

  /** Sends all messages of a result. */
  public sendResult(request: Message, result: string, parts: readonly (readonly (readonly WireValue[])[])[], columns = COLUMNS): void {
    this.accept(request, result);
    this.send(...rowsMessages(result, parts, columns), complete(request, result, parts));
  }

  public drop(): void {
    this.socket.terminate();
  }

  /** Closes the connection as a server does. */
  public close(): void {
    this.socket.close(1001);
  }
}

/** A server of which the test sends each message. */
export class ScriptedServer {
  public static async start(): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    await new Promise((resolve) => server.server.on('listening', resolve));
    return server;
  }

  public readonly connections: ScriptedConnection[] = [];
  public acceptsConnections = true;
  public rejectedConnections = 0;
  private readonly waiters = new Waiters();
  private readonly server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    verifyClient: () => this.verifyClient(),
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  });

  private constructor() {
    this.server.on('connection', (socket, request) => {
      this.connections.push(new ScriptedConnection(socket, request));
      this.waiters.wake();
    });
  }

  public get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/prod`;
  }

  /** Waits for the connection with an index, from 0. */
  public async connection(index = 0): Promise<ScriptedConnection> {
    return this.waiters.until(() => this.connections[index]);
  }

  public async until<T>(find: () => T | undefined): Promise<T> {
    return this.waiters.until(find);
  }

  public async stop(): Promise<void> {
    this.server.clients.forEach((socket) => socket.terminate());
    await new Promise((resolve) => this.server.close(resolve));
  }

  private verifyClient(): boolean {
    this.rejectedConnections += this.acceptsConnections ? 0 : 1;
    this.waiters.wake();
    return this.acceptsConnections;
  }
}

/** Creates the `rows` messages of a result. */
export function rowsMessages(result: string, parts: readonly (readonly (readonly WireValue[])[])[], columns = COLUMNS): Message[] {
  return parts.map((rows, seq) => {
    const offset = parts.slice(0, seq).reduce((sum, { length }) => sum + length, 0);
    return { type: 'rows', result, seq, offset, ...(seq === 0 ? { columns } : {}), rows };
  });
}

export function complete({ id }: Message, result: string, parts: readonly (readonly unknown[])[]): Message {
  const rows = parts.reduce((sum, { length }) => sum + length, 0);
  return { type: 'complete', id, result, messages: parts.length, rows, bytes: 100, truncated: false, timing: TIMING };
}

/** Creates a compressed batch of `rows` messages. */
export function createBatch(messages: readonly Message[]): Message {
  const data = gzipSync(JSON.stringify(messages)).toString('base64');
  const [{ result, seq, offset }] = messages;
  return { type: 'rows', result, seq, offset, messages: messages.length, encoding: 'gzip', data };
}

/** Creates the rows of a result in parts. Each row has a different number. */
export function createParts(parts: number, rowsEach = 2): (readonly WireValue[])[][] {
  return Array.from({ length: parts }, (_, part) => Array.from({ length: rowsEach }, (__, row) => ['2015-01-01', part * rowsEach + row]));
}

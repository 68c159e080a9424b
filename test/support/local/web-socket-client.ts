import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import { WebSocket } from 'ws';
import type { ErrorMessage, RowsMessage, ServerMessage } from '../../../src/protocol/messages';
import { recordSent } from '../valid-messages';

/** A client with only a WebSocket; it stores the messages that it receives. */
export class WebSocketClient {
  public static async connect(url: string, subprotocols: string[] = []): Promise<WebSocketClient> {
    const client = new WebSocketClient(new WebSocket(url, subprotocols));
    await once(client.socket, 'open');
    return client;
  }

  public readonly messages: ServerMessage[] = [];
  /** The bytes of each message. */
  public readonly sizes: number[] = [];
  /** The messages that API Gateway sent itself when it could not run a function in time. */
  public readonly gatewayMessages: string[] = [];
  private readonly listeners = new Set<() => void>();

  private constructor(public readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.receive(data));
    socket.on('close', () => this.listeners.forEach((listener) => listener()));
  }

  private receive(data: Buffer): void {
    const body = data.toString();
    const message = JSON.parse(body);
    if (message.type === undefined && message.requestId !== undefined) {
      this.gatewayMessages.push(message.message);
      return;
    }
    this.sizes.push(data.length);
    recordSent(body);
    this.messages.push(message);
    this.listeners.forEach((listener) => listener());
  }

  public send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  public submit(id: string, parameters: Record<string, string> = {}, options?: object): void {
    this.send({ type: 'query', id, parameters, options });
  }

  /** Waits for a message that passes the test, including messages received before. Rejects when the connection is closed first. */
  public async waitFor<T extends ServerMessage>(passes: (message: ServerMessage) => message is T): Promise<T>;
  public async waitFor(passes: (message: ServerMessage) => boolean): Promise<ServerMessage>;
  public async waitFor(passes: (message: ServerMessage) => boolean): Promise<ServerMessage> {
    return new Promise((resolve, reject) => {
      const listener = () => {
        const found = this.messages.find(passes);
        if (found || this.socket.readyState !== WebSocket.OPEN) {
          this.listeners.delete(listener);
          found ? resolve(found) : reject(new Error(`closed after ${JSON.stringify(this.messages)}`));
        }
      };
      this.listeners.add(listener);
      listener();
    });
  }

  /** Waits for the terminal message of the query with an id, and returns its messages. */
  public async waitForResult(id: string): Promise<{ terminalMessage: ServerMessage; columns: unknown; rows: readonly unknown[][]; types: string[] }> {
    const accepted = await this.waitFor((message) => (message.type === 'accepted' || message.type === 'error') && message.id === id);
    if (accepted.type !== 'accepted') {
      return { terminalMessage: accepted, columns: undefined, rows: [], types: ['error'] };
    }
    const belongs = (message: ServerMessage) => 'result' in message && message.result === accepted.result;
    const terminalMessage = await this.waitFor((message) => belongs(message) && (message.type === 'complete' || message.type === 'error') && message.id === id);
    const all = this.messages.filter(belongs);
    const rowMessages = all.flatMap(rowsMessagesIn);
    return {
      terminalMessage,
      columns: rowMessages[0]?.columns,
      rows: rowMessages.flatMap(({ rows }) => rows as unknown[][]),
      types: all.map(({ type }) => type),
    };
  }

  public async error(): Promise<ErrorMessage> {
    return this.waitFor((message): message is ErrorMessage => message.type === 'error');
  }

  public async close(): Promise<void> {
    if (this.socket.readyState !== WebSocket.CLOSED) {
      this.socket.close();
      await once(this.socket, 'close');
    }
  }
}

/** The rows messages in a message, those of a compressed one as if each had arrived alone. */
function rowsMessagesIn(message: ServerMessage): RowsMessage[] {
  if (message.type !== 'rows') {
    return [];
  }
  return 'encoding' in message ? JSON.parse(gunzipSync(Buffer.from(message.data, 'base64')).toString()) as RowsMessage[] : [message];
}

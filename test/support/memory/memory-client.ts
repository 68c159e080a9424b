import { gunzipSync } from 'node:zlib';
import type { MemoryServices } from './memory-services';
import type { AcceptedMessage, CompleteMessage, ErrorMessage, RowsMessage, ServerMessage } from '../../../src/protocol/messages';
import { onDisconnect } from '../../../src/runtime/disconnect/on-disconnect';
import type { Connection } from '../../../src/runtime/model/connection';
import { onConnect } from '../../../src/runtime/submit/on-connect';
import type { ConnectRequest } from '../../../src/runtime/submit/on-connect';
import { onMessage } from '../../../src/runtime/submit/on-message';

/** How long API Gateway waits for a function, less what the function reserves for its own end. */
const FUNCTION_SECONDS = 28;

type ErrorOrComplete = CompleteMessage | ErrorMessage;

/** A client on a connection of its own, which is open from the start unless it connects by `connect`. */
export class MemoryClient {
  private connectedAt: number;

  constructor(private readonly services: MemoryServices, public readonly connectionId: string) {
    this.connectedAt = services.time;
    services.connections.open.add(connectionId);
  }

  private get connection(): Connection {
    return { connectionId: this.connectionId, connectedAt: this.connectedAt, opened: true };
  }

  /** Requests the connection, which opens when the test calls `open`. */
  public async connect(
    queryString: Record<string, string | string[]> = {}, subprotocols: string[] = [], who: Pick<ConnectRequest, 'identity' | 'origin'> = {},
  ): ReturnType<typeof onConnect> {
    const { services, connectionId } = this;
    this.connectedAt = services.time;
    services.connections.open.delete(connectionId);
    const connection = { ...this.connection, opened: false };
    const values = Object.fromEntries(Object.entries(queryString).map(([key, value]) => [key, [value].flat()]));
    return onConnect(services, { connection, queryString: values, subprotocols, ...who }, services.deadline(FUNCTION_SECONDS));
  }

  public open(): void {
    this.services.connections.open.add(this.connectionId);
  }

  /** Disconnects: API Gateway has closed the connection, and OnDisconnect has not run yet. */
  public closeConnection(): void {
    this.services.connections.open.delete(this.connectionId);
  }

  public async disconnect(): Promise<void> {
    this.closeConnection();
    await onDisconnect(this.services, this.connectionId);
  }

  /** Sends a message: an object as JSON, a string as it is. API Gateway receives it now, or at the given time. */
  public async send(message: unknown, receivedAt = this.services.time): Promise<void> {
    const body = typeof message === 'string' ? message : JSON.stringify(message);
    await onMessage(this.services, this.connection, { body, receivedAt }, this.services.deadline(FUNCTION_SECONDS));
  }

  /** Submits the query without parameters, or another one. */
  public async submit(id: string, options?: object, query = 'everything'): Promise<void> {
    await this.send({ type: 'query', id, query, options });
  }

  /** The result of an id, as the latest `accepted` named it. */
  public result(id: string): string {
    const accepted = this.received().filter((message): message is AcceptedMessage => message.type === 'accepted' && message.id === id).at(-1);
    if (!accepted) {
      throw new Error(`the query ${id} was not accepted: ${JSON.stringify(this.received())}`);
    }
    return accepted.result;
  }

  public received(): ServerMessage[] {
    return this.services.connections.messages(this.connectionId);
  }

  /** The received messages, except `accepted` and `progress`. */
  public resultMessages(): ServerMessage[] {
    return this.received().filter(({ type }) => type !== 'accepted' && type !== 'progress');
  }

  public types(): string[] {
    return this.received().map(({ type }) => type);
  }

  /** The rows messages, those that arrived compressed as if each had arrived alone. */
  public rowsMessages(): RowsMessage[] {
    return this.received().flatMap((message) => {
      if (message.type !== 'rows') {
        return [];
      }
      return 'encoding' in message ? JSON.parse(gunzipSync(Buffer.from(message.data, 'base64')).toString()) as RowsMessage[] : [message];
    });
  }

  /** The form of the received rows: for each `rows` message its `seq`, and the number of messages that are compressed in it, or 1. */
  public deliveries(): { seq: number; messages: number }[] {
    return this.received().flatMap((message) => {
      return message.type === 'rows' ? [{ seq: message.seq, messages: 'messages' in message ? message.messages : 1 }] : [];
    });
  }

  /** The rows of a result after a message: each message once, in order. */
  public rows(result: string, after = -1): unknown[][] {
    const rows: unknown[][] = [];
    let next = after + 1;
    for (const message of this.rowsMessages().filter((rowsMessage) => rowsMessage.result === result)) {
      if (message.seq === next) {
        rows.push(...message.rows.map((row) => [...row]));
        next += 1;
      }
    }
    return rows;
  }

  /** The terminal messages of an id since it was last accepted; a message that was sent twice counts once. */
  public terminalMessages(id: string): ErrorOrComplete[] {
    const accepted = this.result(id);
    const terminalMessages = this.received().filter((message): message is ErrorOrComplete => message.type === 'complete' || message.type === 'error');
    const own = terminalMessages.filter((message) => message.id === id && (message.result === undefined || message.result === accepted));
    return [...new Map(own.map((message) => [JSON.stringify(message), message])).values()];
  }
}

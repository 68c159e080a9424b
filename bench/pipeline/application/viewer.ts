import { once } from 'node:events';
import { WebSocket } from 'ws';
import { baselineValues } from './benchmark-database';
import type { Statement } from './benchmark-database';
import { SUBPROTOCOL } from '../../../src/protocol/connect-request';
import type { ServerMessage } from '../../../src/protocol/messages';

/** Times of a result at a viewer. */
export interface Arrival {
  readonly submittedAt: number;
  /** When the last row arrived. */
  readonly rowsAt: number;
}

/** A client that submits queries. */
export interface Viewer {
  /** Whether the implementation reports that it accepted a query. */
  readonly reportsAcceptance: boolean;
  submit(statement: Statement, onAccepted: () => void): Promise<Arrival>;
  close(): Promise<void>;
}

interface Pending {
  readonly submittedAt: number;
  readonly onAccepted: () => void;
  readonly resolve: (arrival: Arrival) => void;
  readonly reject: (error: Error) => void;
  rowsAt: number;
}

/** A connection with queries in flight. Its subclasses know the messages of an implementation. */
abstract class SocketViewer implements Viewer {
  public abstract readonly reportsAcceptance: boolean;
  protected readonly pending = new Map<string, Pending>();

  constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.receive(JSON.parse(data.toString())));
    socket.on('close', () => this.pending.forEach(({ reject }) => reject(new Error('the local AWS closed the connection'))));
  }

  public async submit(statement: Statement, onAccepted: () => void): Promise<Arrival> {
    return new Promise((resolve, reject) => {
      this.pending.set(statement.key, { submittedAt: performance.now(), onAccepted, resolve, reject, rowsAt: 0 });
      this.socket.send(JSON.stringify(this.message(statement)));
    });
  }

  public async close(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  protected complete(key: string): void {
    const { submittedAt, rowsAt, resolve } = this.pending.get(key)!;
    this.pending.delete(key);
    resolve({ submittedAt, rowsAt });
  }

  protected abstract message(statement: Statement): object;
  protected abstract receive(message: unknown): void;
}

/** A viewer of the pipeline. */
class PipelineViewer extends SocketViewer {
  public readonly reportsAcceptance = true;
  private readonly keys = new Map<string, string>();

  protected message({ key, milliseconds, rows }: Statement): object {
    return { type: 'query', id: key, parameters: { key, milliseconds: String(milliseconds), rows: String(rows) }, options: { encodings: ['gzip'] } };
  }

  protected receive(message: ServerMessage): void {
    if (message.type === 'accepted') {
      this.keys.set(message.result, message.id);
      this.pending.get(message.id)!.onAccepted();
    } else if (message.type === 'rows') {
      this.pending.get(this.keys.get(message.result)!)!.rowsAt = performance.now();
    } else if (message.type === 'complete') {
      this.keys.delete(message.result);
      this.complete(message.id);
    } else if (message.type === 'error') {
      this.pending.forEach(({ reject }) => reject(new Error(`a query failed: ${message.message}`)));
    }
  }
}

/** A viewer of the baseline, which posts the result in one message. */
class BaselineViewer extends SocketViewer {
  public readonly reportsAcceptance = false;

  protected message(statement: Statement): object {
    return { topicName: statement.key, parameter: baselineValues(statement) };
  }

  protected receive({ topicName, message }: { topicName?: string; message?: string }): void {
    if (topicName === undefined) {
      this.pending.forEach(({ reject }) => reject(new Error(`a query failed: ${message}`)));
      return;
    }
    this.pending.get(topicName)!.rowsAt = performance.now();
    this.complete(topicName);
  }
}

/** Opens a connection to an implementation. */
export async function connectViewer(url: string, isBaseline: boolean): Promise<Viewer> {
  const socket = isBaseline ? new WebSocket(url) : new WebSocket(url, [SUBPROTOCOL]);
  await once(socket, 'open');
  return isBaseline ? new BaselineViewer(socket) : new PipelineViewer(socket);
}

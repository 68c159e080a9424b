import { FakeSocket } from './fake-socket';
import { COLUMNS, complete, createBatch, rowsMessages } from './scripted-server';
import type { WebSocketClass } from '../../../src/client';

type Message = Readonly<Record<string, any>>;

/** A run of a query. Each run has different rows. */
interface Run {
  readonly result: string;
  readonly query: string;
  readonly parts: (readonly (readonly [string, number])[])[];
  isStored: boolean;
}

/** A request of a client for the rows of a run. */
interface Request {
  readonly id: string;
  readonly run: Run;
  seq: number;
  allowed: number;
  isAccepted: boolean;
}

/** A connection in memory, with the messages in transit in each direction and the requests of the client. */
export class SimulatedConnection extends FakeSocket {
  public readonly incoming: Message[] = [];
  public readonly outgoing: Message[] = [];
  public readonly requests: Request[] = [];
  public readonly terminalMessages: Message[] = [];
  public isOpen = true;
  /** Whether the service announced that it will close the connection. */
  public isGoingAway = false;

  constructor() {
    super();
    this.openSoon();
  }

  public override send(json: string): void {
    this.incoming.push(JSON.parse(json) as Message);
  }

  /** Closes the connection. Messages in transit are lost. */
  public override close(): void {
    if (this.isOpen) {
      this.isOpen = false;
      [this.incoming, this.outgoing, this.requests].forEach((list) => list.splice(0));
      queueMicrotask(() => this.dispatch('close'));
    }
  }

  public deliver(): Message | undefined {
    const message = this.outgoing.shift();
    if (message !== undefined) {
      this.receive(message);
    }
    return message;
  }
}

/** Number of rows in each message of the result of a query. */
export type Results = Readonly<Record<string, readonly number[]>>;

/** A service in memory that conforms to the protocol under lost, duplicated and late messages. The test chooses each step. */
export class SimulatedServer {
  public readonly connections: SimulatedConnection[] = [];
  public readonly WebSocket: WebSocketClass;
  private readonly runs: Run[] = [];

  constructor(private readonly results: Results) {
    const connections = this.connections;
    this.WebSocket = class extends SimulatedConnection {
      constructor() {
        super();
        connections.push(this);
      }
    };
  }

  public get open(): SimulatedConnection[] {
    return this.connections.filter(({ isOpen }) => isOpen);
  }

  /** Returns all rows of a run. */
  public rowsOf(result: string): readonly unknown[] {
    return this.runs.find((run) => run.result === result)!.parts.flat();
  }

  /** Handles a message of a client. It isn't always the oldest one, because functions run concurrently. */
  public handle(connection: SimulatedConnection, index: number): void {
    const [message] = connection.incoming.splice(index % connection.incoming.length, 1);
    switch (message.type) {
      case 'query': return this.begin(connection, message, this.runOf(message.query));
      case 'resume': return this.resume(connection, message);
      case 'cancel': return this.cancel(connection, message.id);
      case 'more': return connection.requests.filter(({ run }) => run.result === message.result).forEach((request) => {
        request.allowed += message.credit;
      });
      default: connection.outgoing.push({ type: 'pong' });
    }
  }

  /** Loses a message of a client, which API Gateway reports. */
  public lose(connection: SimulatedConnection, index: number): void {
    connection.incoming.splice(index % connection.incoming.length, 1);
    connection.outgoing.push({ message: 'Internal server error', connectionId: 'c', requestId: 'r' });
  }

  /** Continues a request: accepts it, sends messages (compressed if there are several), or sends the terminal message. */
  public advance(connection: SimulatedConnection, { id, run, ...request }: Request, maxMessages: number): void {
    const { outgoing } = connection;
    const own = connection.requests.find((one) => one.id === id)!;
    const count = Math.min(maxMessages, run.parts.length - request.seq, request.allowed - request.seq);
    if (!request.isAccepted) {
      outgoing.push({ type: 'accepted', id, result: run.result, shared: false, cached: false });
      own.isAccepted = true;
    } else if (!run.isStored) {
      this.end(connection, { type: 'error', id, result: run.result, code: 'result_expired', message: 'Gone.', retryable: false });
    } else if (request.seq === run.parts.length) {
      this.end(connection, complete({ id }, run.result, run.parts));
    } else if (count > 0) {
      const messages = rowsMessages(run.result, run.parts, COLUMNS).slice(request.seq, request.seq + count);
      outgoing.push(count > 1 ? createBatch(messages) : messages[0]);
      own.seq += count;
    }
  }

  /** Simulates a crash after messages were sent and before the progress was stored. */
  public interrupt(request: Request, lost: number): void {
    request.seq = Math.max(0, request.seq - lost);
    request.isAccepted = request.isAccepted && lost % 2 === 0;
  }

  /** Sends a terminal message again. */
  public repeat(connection: SimulatedConnection, index: number): void {
    if (connection.terminalMessages.length > 0) {
      connection.outgoing.push(connection.terminalMessages[index % connection.terminalMessages.length]);
    }
  }

  /** Announces that the service will close the connection. */
  public announceEnd(connection: SimulatedConnection): void {
    connection.isGoingAway = true;
    connection.outgoing.push({ type: 'bye', reason: 'The token expires.', retryable: true });
  }

  /** Ends a request whose client sent no credit for ten minutes. */
  public stall(connection: SimulatedConnection, { id, run, seq, allowed }: Request): void {
    if (seq === allowed && seq < run.parts.length) {
      this.end(connection, { type: 'error', id, result: run.result, code: 'stalled', message: 'No more came.', retryable: true });
    }
  }

  /** Deletes a stored result. */
  public expire(index: number): void {
    if (this.runs.length > 0) {
      this.runs[index % this.runs.length].isStored = false;
    }
  }

  private runOf(query: string): Run {
    const stored = this.runs.find((run) => run.query === query && run.isStored);
    return stored ?? this.start(query);
  }

  private start(query: string): Run {
    const result = `${query}-${this.runs.length}`;
    let rows = 0;
    const parts = this.results[query].map((count) => Array.from({ length: count }, () => {
      rows += 1;
      return [result, rows] as const;
    }));
    const run: Run = { result, query, parts, isStored: true };
    this.runs.push(run);
    return run;
  }

  private begin(connection: SimulatedConnection, { id, options }: Message, run: Run, seq = 0): void {
    if (connection.terminalMessages.some((message) => message.id === id) || connection.requests.some((request) => request.id === id)) {
      throw new Error(`the id ${id} was used twice`);
    }
    connection.requests.push({ id, run, seq, allowed: seq + (options.window ?? Infinity), isAccepted: false });
  }

  private resume(connection: SimulatedConnection, message: Message): void {
    const run = this.runs.find(({ result }) => result === message.result)!;
    if (run.isStored) {
      this.begin(connection, message, run, message.after + 1);
    } else {
      connection.outgoing.push({ type: 'error', id: message.id, code: 'result_expired', message: 'Gone.', retryable: false });
    }
  }

  private cancel(connection: SimulatedConnection, id: string): void {
    const request = connection.requests.find((one) => one.id === id);
    if (request === undefined) {
      connection.outgoing.push({ type: 'error', id, code: 'unknown_id', message: 'No such query.', retryable: false });
    } else {
      this.end(connection, { type: 'error', id, result: request.run.result, code: 'cancelled', message: 'Canceled.', retryable: true });
    }
  }

  private end({ requests, outgoing, terminalMessages }: SimulatedConnection, message: Message): void {
    requests.splice(requests.findIndex(({ id }) => id === message.id), 1);
    terminalMessages.push(message);
    outgoing.push(message);
  }
}

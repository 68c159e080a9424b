import { COLUMNS, complete, packed, rowsMessages } from './scripted-server';
import type { WebSocketClass } from '../../src/client';

type Message = Readonly<Record<string, any>>;

/** A run of a question; no two have a row in common. */
interface Run {
  readonly result: string;
  readonly question: string;
  readonly parts: (readonly (readonly [string, number])[])[];
  isKept: boolean;
}

/** A client's wish for the rows of a run. */
interface Request {
  readonly id: string;
  readonly run: Run;
  seq: number;
  allowed: number;
  isAnnounced: boolean;
}

/** One connection in memory: what is on its way in each direction, and what is being answered. */
export class LawfulConnection {
  public readonly incoming: Message[] = [];
  public readonly outgoing: Message[] = [];
  public readonly requests: Request[] = [];
  public readonly lastWords: Message[] = [];
  public isOpen = true;
  /** The service has said that it will end it, and answers until then. */
  public isLeaving = false;
  private readonly listeners = new Map<string, (event: unknown) => void>();

  constructor() {
    queueMicrotask(() => this.tell('open', {}));
  }

  public addEventListener(type: string, listener: (event: unknown) => void): void {
    this.listeners.set(type, listener);
  }

  public send(text: string): void {
    this.incoming.push(JSON.parse(text) as Message);
  }

  /** The client closes it, or it breaks; what was on its way is lost. */
  public close(): void {
    if (this.isOpen) {
      this.isOpen = false;
      [this.incoming, this.outgoing, this.requests].forEach((list) => list.splice(0));
      queueMicrotask(() => this.tell('close', {}));
    }
  }

  public deliver(): Message | undefined {
    const message = this.outgoing.shift();
    if (message !== undefined) {
      this.tell('message', { data: JSON.stringify(message) });
    }
    return message;
  }

  private tell(type: string, event: unknown): void {
    this.listeners.get(type)?.(event);
  }
}

/** How many rows each message of a question's answer has; the last word comes after them. */
export type Answers = Readonly<Record<string, readonly number[]>>;

/** A service in memory that keeps to the protocol, whatever is lost, doubled or late. Each step is one that a test chooses. */
export class LawfulServer {
  public readonly connections: LawfulConnection[] = [];
  public readonly WebSocket: WebSocketClass;
  private readonly runs: Run[] = [];

  constructor(private readonly answers: Answers) {
    const connections = this.connections;
    this.WebSocket = class extends LawfulConnection {
      constructor() {
        super();
        connections.push(this);
      }
    };
  }

  public get open(): LawfulConnection[] {
    return this.connections.filter(({ isOpen }) => isOpen);
  }

  /** All rows of a run, as a client has to get them. */
  public rowsOf(result: string): readonly unknown[] {
    return this.runs.find((run) => run.result === result)!.parts.flat();
  }

  /** Handles some message of a client: functions run side by side, so not always the oldest. */
  public handle(connection: LawfulConnection, index: number): void {
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

  /** A message of a client is lost, and API Gateway says so. */
  public lose(connection: LawfulConnection, index: number): void {
    connection.incoming.splice(index % connection.incoming.length, 1);
    connection.outgoing.push({ message: 'Internal server error', connectionId: 'c', requestId: 'r' });
  }

  /** Goes on with a request: accepts it, sends up to so many messages, compressed if there are several, or says the last word. */
  public advance(connection: LawfulConnection, { id, run, ...request }: Request, most: number): void {
    const { outgoing } = connection;
    const own = connection.requests.find((one) => one.id === id)!;
    const count = Math.min(most, run.parts.length - request.seq, request.allowed - request.seq);
    if (!request.isAnnounced) {
      outgoing.push({ type: 'accepted', id, result: run.result, shared: false, cached: false });
      own.isAnnounced = true;
    } else if (!run.isKept) {
      this.end(connection, { type: 'error', id, result: run.result, code: 'result_expired', message: 'Gone.', retryable: false });
    } else if (request.seq === run.parts.length) {
      this.end(connection, complete({ id }, run.result, run.parts));
    } else if (count > 0) {
      const messages = rowsMessages(run.result, run.parts, COLUMNS).slice(request.seq, request.seq + count);
      outgoing.push(count > 1 ? packed(messages) : messages[0]);
      own.seq += count;
    }
  }

  /** A function crashed after it had sent something, before it could note that. */
  public interrupt(request: Request, lost: number): void {
    request.seq = Math.max(0, request.seq - lost);
    request.isAnnounced = request.isAnnounced && lost % 2 === 0;
  }

  /** A last word is said again. */
  public repeat(connection: LawfulConnection, index: number): void {
    if (connection.lastWords.length > 0) {
      connection.outgoing.push(connection.lastWords[index % connection.lastWords.length]);
    }
  }

  /** The service will end the connection some time, since a token expires for instance; it may say so again. */
  public announceEnd(connection: LawfulConnection): void {
    connection.isLeaving = true;
    connection.outgoing.push({ type: 'bye', reason: 'The token expires.', retryable: true });
  }

  /** A client has allowed nothing for ten minutes. */
  public stall(connection: LawfulConnection, { id, run, seq, allowed }: Request): void {
    if (seq === allowed && seq < run.parts.length) {
      this.end(connection, { type: 'error', id, result: run.result, code: 'stalled', message: 'No more came.', retryable: true });
    }
  }

  /** Nothing of it is kept any more. */
  public expire(index: number): void {
    if (this.runs.length > 0) {
      this.runs[index % this.runs.length].isKept = false;
    }
  }

  private runOf(question: string): Run {
    const kept = this.runs.find((run) => run.question === question && run.isKept);
    return kept ?? this.start(question);
  }

  private start(question: string): Run {
    const result = `${question}-${this.runs.length}`;
    let rows = 0;
    const parts = this.answers[question].map((count) => Array.from({ length: count }, () => {
      rows += 1;
      return [result, rows] as const;
    }));
    const run: Run = { result, question, parts, isKept: true };
    this.runs.push(run);
    return run;
  }

  private begin(connection: LawfulConnection, { id, options }: Message, run: Run, seq = 0): void {
    if (connection.lastWords.some((message) => message.id === id) || connection.requests.some((request) => request.id === id)) {
      throw new Error(`the id ${id} was used twice`);
    }
    connection.requests.push({ id, run, seq, allowed: seq + (options.window ?? Infinity), isAnnounced: false });
  }

  private resume(connection: LawfulConnection, message: Message): void {
    const run = this.runs.find(({ result }) => result === message.result)!;
    if (run.isKept) {
      this.begin(connection, message, run, message.after + 1);
    } else {
      connection.outgoing.push({ type: 'error', id: message.id, code: 'result_expired', message: 'Gone.', retryable: false });
    }
  }

  private cancel(connection: LawfulConnection, id: string): void {
    const request = connection.requests.find((one) => one.id === id);
    if (request === undefined) {
      connection.outgoing.push({ type: 'error', id, code: 'unknown_id', message: 'No such query.', retryable: false });
    } else {
      this.end(connection, { type: 'error', id, result: request.run.result, code: 'cancelled', message: 'Cancelled.', retryable: true });
    }
  }

  private end({ requests, outgoing, lastWords }: LawfulConnection, lastWord: Message): void {
    requests.splice(requests.findIndex(({ id }) => id === lastWord.id), 1);
    lastWords.push(lastWord);
    outgoing.push(lastWord);
  }
}

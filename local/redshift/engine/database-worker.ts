import * as path from 'path';
import { Worker } from 'worker_threads';
import { WireColumn } from './column-details';
import { SqlError } from './sql-engine';

/** What a statement answered, as the worker sends it. */
export interface WireResult {
  readonly columns?: readonly WireColumn[];
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>;
  readonly commandTag: string;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { message: string; code?: string; detail?: string; hint?: string; isSqlError: boolean };
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** One PGlite database in a thread of its own. */
export class DatabaseWorker {
  /** Settles when the database is open. */
  public readonly opened: Promise<unknown>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private failure: Error | undefined;

  /** Starts a thread with an empty database, or with the one in the snapshot file. */
  constructor(snapshot?: string) {
    this.worker = new Worker(path.join(__dirname, 'database-worker.mjs'), { workerData: { snapshot }, execArgv: [] });
    this.opened = new Promise((resolve, reject) => this.waiting.set(0, { resolve, reject }));
    // Whoever waits for it hears of a failure; nobody has to.
    this.opened.catch(() => undefined);
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('the database worker has ended')));
  }

  /** Runs SQL text of any number of statements, without a result. */
  public async execute(sql: string): Promise<void> {
    await this.request({ kind: 'execute', sql });
  }

  /** Runs one statement with numbered parameters. */
  public async query(text: string, values: readonly string[] = []): Promise<WireResult> {
    return await this.request({ kind: 'query', text, values }) as WireResult;
  }

  /** Runs COPY … FROM '/dev/blob' over the data. */
  public async copy(sql: string, data: string): Promise<void> {
    await this.request({ kind: 'copy', sql, data });
  }

  /** Writes the whole database to a file. */
  public async dump(file: string): Promise<void> {
    await this.request({ kind: 'dump', path: file });
  }

  /** Ends the thread, whatever it is doing. */
  public async terminate(): Promise<void> {
    await this.worker.terminate();
  }

  private async request(request: Record<string, unknown>): Promise<unknown> {
    await this.opened;
    if (this.failure) throw this.failure;
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...request, id });
    });
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (answer.error === undefined) {
      waiting?.resolve(answer.value);
    } else if (answer.error.isSqlError) {
      waiting?.reject(new SqlError(answer.error.message, answer.error.code, answer.error.detail, answer.error.hint));
    } else {
      waiting?.reject(new Error(answer.error.message));
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const waiting of this.waiting.values()) waiting.reject(this.failure);
    this.waiting.clear();
  }
}

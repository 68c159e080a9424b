import * as path from 'path';
import { Worker } from 'worker_threads';
import { WireColumn } from './column-details';
import { SqlError } from './sql-engine';

/** The result of a statement. */
export interface WireResult {
  readonly columns?: readonly WireColumn[];
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>;
  readonly commandTag: string;
}

interface WorkerResponse {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { message: string; code?: string; detail?: string; hint?: string; isSqlError: boolean };
}

interface PendingRequest {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** A PGlite database in a worker thread. */
export class DatabaseWorker {
  /** Settles when the database is open. */
  public readonly opened: Promise<unknown>;
  private readonly worker: Worker;
  private readonly pending = new Map<number, PendingRequest>();
  private lastId = 0;
  private failure: Error | undefined;

  /** Starts a thread with an empty database or a snapshot. */
  constructor(snapshot?: string) {
    this.worker = new Worker(path.join(__dirname, 'database-worker.mjs'), { workerData: { snapshot }, execArgv: [] });
    this.opened = new Promise((resolve, reject) => this.pending.set(0, { resolve, reject }));
    // Without a handler, an unobserved failure ends the process.
    this.opened.catch(() => undefined);
    this.worker.on('message', (response: WorkerResponse) => this.settle(response));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('the database worker stopped')));
  }

  /** Runs any number of statements without a result. */
  public async execute(sql: string): Promise<void> {
    await this.request({ kind: 'execute', sql });
  }

  /** Runs one statement with numbered parameters. */
  public async query(sql: string, values: readonly string[] = []): Promise<WireResult> {
    return await this.request({ kind: 'query', sql, values }) as WireResult;
  }

  /** Runs COPY … FROM '/dev/blob' with the data. */
  public async copy(sql: string, data: string): Promise<void> {
    await this.request({ kind: 'copy', sql, data });
  }

  /** Writes the whole database to a file. */
  public async dump(file: string): Promise<void> {
    await this.request({ kind: 'dump', path: file });
  }

  /** Stops the thread immediately. */
  public async terminate(): Promise<void> {
    await this.worker.terminate();
  }

  private async request(request: Record<string, unknown>): Promise<unknown> {
    await this.opened;
    if (this.failure) throw this.failure;
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.worker.postMessage({ ...request, id });
    });
  }

  private settle(response: WorkerResponse): void {
    const request = this.pending.get(response.id);
    this.pending.delete(response.id);
    if (response.error === undefined) {
      request?.resolve(response.value);
    } else if (response.error.isSqlError) {
      request?.reject(new SqlError(response.error.message, response.error.code, response.error.detail, response.error.hint));
    } else {
      request?.reject(new Error(response.error.message));
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const request of this.pending.values()) request.reject(this.failure);
    this.pending.clear();
  }
}

import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { COLUMN_DETAILS_SQL, countOf, describeColumns, tableOids } from './column-details';
import { DatabaseWorker, WireResult } from './database-worker';
import { SESSION_SQL } from './dialect/schema';
import { explainError } from './dialect/unsupported-errors';
import { prepareStatement, PreparedStatement } from './redshift-statement';
import { RunOptions, SqlEngine, SqlError, SqlParameter, SqlResult } from './sql-engine';
import { WorkerPool } from './worker-pool';

/** Options of the PGlite engine. */
export interface PGliteEngineOptions {
  /** Path of a snapshot that contains the Redshift functions. */
  readonly snapshot: string;
  /** Number of worker threads. @default 2 */
  readonly workers?: number;
}

const READ_ONLY_TRANSACTION = '25006';

/**
 * PGlite in worker threads with the same database. Reads run in parallel. A write runs on one worker, which writes a snapshot before the write is
 * acknowledged. The other workers load the snapshot before their next statement, so all workers have the same data.
 */
export class PGliteEngine implements SqlEngine {
  /** Loads the snapshot and waits for the first worker. */
  public static async open(options: PGliteEngineOptions): Promise<PGliteEngine> {
    const engine = new PGliteEngine(options);
    try {
      await engine.pool.warmUp();
    } catch (error) {
      await engine.close();
      throw error;
    }
    return engine;
  }

  /** Directory of snapshots, which the first write creates. */
  private snapshotDirectory: string | undefined;
  private readonly pool: WorkerPool;
  private lastWrite: Promise<unknown> = Promise.resolve();
  private writes = 0;

  private constructor(options: PGliteEngineOptions) {
    this.pool = new WorkerPool(options.snapshot, options.workers ?? 2);
  }

  public async run(sql: string, parameters: readonly SqlParameter[], options: RunOptions = {}): Promise<SqlResult> {
    const statement = prepareStatement(sql, parameters);
    try {
      return await this.runStatement(statement, options);
    } catch (error) {
      throw error instanceof SqlError ? explainError(error, statement.tokens) : error;
    }
  }

  public async close(): Promise<void> {
    await this.pool.close();
    if (this.snapshotDirectory !== undefined) await fs.promises.rm(this.snapshotDirectory, { recursive: true, force: true });
  }

  private async runStatement(statement: PreparedStatement, options: RunOptions): Promise<SqlResult> {
    if (!statement.isRead) return this.write(statement, options);
    try {
      return await this.pool.use(options, (worker) => read(worker, statement));
    } catch (error) {
      if (error instanceof SqlError && error.code === READ_ONLY_TRANSACTION) return this.write(statement, { signal: options.signal });
      throw error;
    }
  }

  private async write(statement: PreparedStatement, options: RunOptions): Promise<SqlResult> {
    const turn = this.lastWrite.then(() => this.pool.use(options, (worker, commit) => this.writeOn(worker, statement, commit)));
    this.lastWrite = turn.catch(() => undefined);
    return orStopped(turn, options.signal);
  }

  private async writeOn(worker: DatabaseWorker, statement: PreparedStatement, commit: (snapshot: string) => void): Promise<SqlResult> {
    const result = await resultOf(worker, await worker.query(statement.sql));
    await worker.execute('DISCARD ALL');
    await worker.execute(SESSION_SQL);
    await worker.execute('CHECKPOINT');
    this.writes += 1;
    this.snapshotDirectory ??= await fs.promises.mkdtemp(path.join(os.tmpdir(), 'redshift-local-'));
    const snapshot = path.join(this.snapshotDirectory, `${this.writes}.tar`);
    await worker.dump(snapshot);
    commit(snapshot);
    await this.removeOthers(snapshot);
    return result;
  }

  private async removeOthers(snapshot: string): Promise<void> {
    const directory = path.dirname(snapshot);
    const loading = this.pool.loadingSnapshots();
    const files = (await fs.promises.readdir(directory)).map((name) => path.join(directory, name));
    await Promise.all(files.filter((file) => file !== snapshot && !loading.has(file)).map((file) => fs.promises.rm(file, { force: true })));
  }
}

/** Stops waiting for a write when the signal is aborted. */
async function orStopped<T>(turn: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return turn;
  let leave: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    leave = resolve;
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    await Promise.race([turn, stopped]);
    return await (signal.aborted ? Promise.race([turn, Promise.reject(signal.reason)]) : turn);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

async function read(worker: DatabaseWorker, statement: PreparedStatement): Promise<SqlResult> {
  await worker.execute('BEGIN READ ONLY');
  try {
    return await resultOf(worker, await worker.query(statement.sql));
  } finally {
    // The rollback also resets SET, because each statement has its own session.
    await worker.execute('ROLLBACK');
  }
}

async function resultOf(worker: DatabaseWorker, result: WireResult): Promise<SqlResult> {
  if (result.columns === undefined) return { rows: [], rowCount: countOf(result.commandTag) };
  const oids = tableOids(result.columns);
  const details = oids === undefined ? [] : (await worker.query(COLUMN_DETAILS_SQL, [oids])).rows;
  return { columns: describeColumns(result.columns, details), rows: result.rows, rowCount: result.rows.length };
}

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

/** Where a PGlite engine starts from, and how many statements it runs at once. */
export interface PGliteEngineOptions {
  /** A file that a DatabaseWorker dumped; it must hold Redshift's words. */
  readonly snapshot: string;
  /** @default 2 */
  readonly workers?: number;
}

const READ_ONLY_TRANSACTION = '25006';

/**
 * PGlite in worker threads that all hold the same database. Reads run side by side. A write runs on one worker, whose database is dumped before the
 * write is acknowledged; the others open that dump before their next statement, so that no two ever differ, not even after random() or getdate().
 */
export class PGliteEngine implements SqlEngine {
  /** Opens the snapshot; returns when the first worker is ready. */
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

  /** Made at the first write. */
  private scratch: string | undefined;
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
    if (this.scratch !== undefined) await fs.promises.rm(this.scratch, { recursive: true, force: true });
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
    const result = await resultOf(worker, await worker.query(statement.text));
    await worker.execute('DISCARD ALL');
    await worker.execute(SESSION_SQL);
    await worker.execute('CHECKPOINT');
    this.writes += 1;
    this.scratch ??= await fs.promises.mkdtemp(path.join(os.tmpdir(), 'redshift-local-'));
    const snapshot = path.join(this.scratch, `${this.writes}.tar`);
    await worker.dump(snapshot);
    commit(snapshot);
    await this.removeOthers(snapshot);
    return result;
  }

  private async removeOthers(snapshot: string): Promise<void> {
    const directory = path.dirname(snapshot);
    const opening = this.pool.snapshotsBeingOpened();
    const files = (await fs.promises.readdir(directory)).map((name) => path.join(directory, name));
    await Promise.all(files.filter((file) => file !== snapshot && !opening.has(file)).map((file) => fs.promises.rm(file, { force: true })));
  }
}

/** Lets go of a statement that is stopped while it waits for another write; its turn will find it stopped. */
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
    return await resultOf(worker, await worker.query(statement.text));
  } finally {
    // Takes back what SET has changed, too: a statement has a session of its own.
    await worker.execute('ROLLBACK');
  }
}

async function resultOf(worker: DatabaseWorker, result: WireResult): Promise<SqlResult> {
  if (result.columns === undefined) return { rows: [], rowCount: countOf(result.commandTag) };
  const oids = tableOids(result.columns);
  const details = oids === undefined ? [] : (await worker.query(COLUMN_DETAILS_SQL, [oids])).rows;
  return { columns: describeColumns(result.columns, details), rows: result.rows, rowCount: result.rows.length };
}

import { Client, DatabaseError, Pool, PoolClient, QueryArrayResult } from 'pg';
import { COLUMN_DETAILS_SQL, describeColumns, tableOids, WireColumn } from './column-details';
import { SESSION_SQL } from './dialect/schema';
import { explainError } from './dialect/unsupported-errors';
import { prepareStatement, PreparedStatement } from './redshift-statement';
import { RunOptions, SqlEngine, SqlError, SqlParameter, SqlResult } from './sql-engine';

/** Options of the PostgreSQL engine. */
export interface PostgresEngineOptions {
  /** `postgres://user:password@host:port/database`; the database must have the Redshift functions. */
  readonly url: string;
  /** Maximum number of connections. @default 8 */
  readonly connections?: number;
}

type StringRows = QueryArrayResult<Array<string | null>>;

/** Returns all values as strings. */
const STRING_TYPES = { getTypeParser: () => (value: string) => value };

/** Runs Redshift SQL on a PostgreSQL server. */
export class PostgresEngine implements SqlEngine {
  /** Connects to the server. Throws if the URL is wrong. */
  public static async open(options: PostgresEngineOptions): Promise<PostgresEngine> {
    const engine = new PostgresEngine(options);
    try {
      (await engine.pool.connect()).release();
    } catch (error) {
      await engine.close();
      throw error;
    }
    return engine;
  }

  private readonly pool: Pool;

  private constructor(private readonly options: PostgresEngineOptions) {
    this.pool = new Pool({ connectionString: options.url, max: options.connections ?? 8 });
    // The pool replaces broken idle connections. Without a listener, the event ends the process.
    this.pool.on('error', () => undefined);
  }

  public async run(sql: string, parameters: readonly SqlParameter[], options: RunOptions = {}): Promise<SqlResult> {
    const statement = prepareStatement(sql, parameters);
    options.signal?.throwIfAborted();
    const client = await this.pool.connect();
    let isReusable = false;
    try {
      options.signal?.throwIfAborted();
      await client.query(SESSION_SQL);
      options.onStart?.();
      const result = await this.runOn(client, statement, options.signal);
      await client.query('DISCARD ALL');
      isReusable = true;
      return result;
    } finally {
      client.release(!isReusable);
    }
  }

  public async close(): Promise<void> {
    await this.pool.end();
  }

  private async runOn(client: PoolClient, statement: PreparedStatement, signal?: AbortSignal): Promise<SqlResult> {
    const cancel = (): void => void this.cancel(client).catch(() => undefined);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await runStatement(client, statement);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof DatabaseError)) throw error;
      throw explainError(new SqlError(error.message, error.code, error.detail, error.hint), statement.tokens);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  private async cancel(client: PoolClient): Promise<void> {
    const other = new Client({ connectionString: this.options.url });
    await other.connect();
    try {
      await other.query('SELECT pg_cancel_backend($1)', [(client as unknown as { processID: number }).processID]);
    } finally {
      await other.end();
    }
  }
}

async function runStatement(client: PoolClient, statement: PreparedStatement): Promise<SqlResult> {
  const result = await queryStrings(client, statement.sql);
  if (result.fields.length === 0) return { rows: [], rowCount: result.rowCount ?? -1 };
  const columns = result.fields.map((field): WireColumn => ({
    name: field.name,
    tableOid: field.tableID,
    columnNumber: field.columnID,
    typeOid: field.dataTypeID,
    typeModifier: field.dataTypeModifier,
  }));
  const oids = tableOids(columns);
  const details = oids === undefined ? [] : (await queryStrings(client, COLUMN_DETAILS_SQL, [oids])).rows;
  return { columns: describeColumns(columns, details), rows: result.rows, rowCount: result.rows.length };
}

async function queryStrings(client: PoolClient, sql: string, values: readonly string[] = []): Promise<StringRows> {
  return client.query<Array<string | null>>({ text: sql, values: [...values], rowMode: 'array', types: STRING_TYPES });
}

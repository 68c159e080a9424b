import { setTimeout as sleep } from 'node:timers/promises';
import type { RunOptions, SqlColumn, SqlEngine, SqlParameter, SqlResult } from '../../../local/redshift/engine/sql-engine';

/** What a statement of the benchmark does. */
export interface Statement {
  /** Distinguishes the statement from all others. */
  readonly key: string;
  readonly milliseconds: number;
  readonly rows: number;
}

/** The query of the pipeline, with parameters. */
export const PIPELINE_SQL = 'SELECT * FROM benchmark(:key, CAST(:milliseconds AS INTEGER), CAST(:rows AS INTEGER))';
export const PIPELINE_PARAMETERS = ['key', 'milliseconds', 'rows'] as const;

/** The query of the baseline, which replaces the braces. */
export const BASELINE_SQL = 'SELECT * FROM benchmark({})';

const BASELINE_VALUES = /benchmark\('(?<key>[^']*)', (?<milliseconds>\d+), (?<rows>\d+)\)/;

const DATE = 1082;
const BIGINT = 20;
const NUMERIC = 1700;
const COLUMNS = [column('day', DATE), column('trips', BIGINT), column('passengers', BIGINT), column('distance', NUMERIC), column('amount', NUMERIC)];

/** Returns the values that replace the braces of the baseline's query. */
export function baselineValues({ key, milliseconds, rows }: Statement): string {
  return `'${key}', ${milliseconds}, ${rows}`;
}

interface Hold {
  readonly released: Promise<void>;
  /** Duration of the held statement. */
  milliseconds?: number;
}

/** A database whose statements take exactly the requested time, and return the requested number of rows. */
export class BenchmarkDatabase implements SqlEngine {
  /** When each statement ended. */
  public readonly endedAt: number[] = [];
  /** Total time of all statements. */
  public milliseconds = 0;
  private readonly holds = new Map<string, Hold>();

  /** Holds the end of a statement until the returned function is called. */
  public hold(key: string): () => void {
    let release = () => {};
    this.holds.set(key, { released: new Promise((resolve) => { release = resolve; }) });
    return () => release();
  }

  /** Duration of a statement that was held, in milliseconds. */
  public heldMilliseconds(key: string): number | undefined {
    return this.holds.get(key)?.milliseconds;
  }

  public async run(sql: string, parameters: readonly SqlParameter[], { signal, onStart }: RunOptions = {}): Promise<SqlResult> {
    const { key, milliseconds, rows } = statementOf(sql, parameters);
    const startedAt = performance.now();
    this.milliseconds += milliseconds;
    onStart?.();
    await sleep(milliseconds, undefined, { signal });
    const hold = this.holds.get(key);
    if (hold !== undefined) {
      await hold.released;
      hold.milliseconds = performance.now() - startedAt;
    }
    this.endedAt.push(performance.now());
    return { columns: COLUMNS, rows: Array.from({ length: rows }, (_, index) => rowOf(index)), rowCount: rows };
  }

  public async close(): Promise<void> {}
}

function statementOf(sql: string, parameters: readonly SqlParameter[]): Statement {
  const values = parameters.length > 0 ? Object.fromEntries(parameters.map(({ name, value }) => [name, value])) : BASELINE_VALUES.exec(sql)?.groups;
  if (values === undefined) {
    throw new Error(`the statement isn't one of the benchmark: ${sql}`);
  }
  return { key: values.key, milliseconds: Number(values.milliseconds), rows: Number(values.rows) };
}

function rowOf(index: number): string[] {
  const day = new Date(Date.UTC(2015, 0, 1 + index)).toISOString().slice(0, 10);
  const trips = 300_000 + (index * 7919) % 150_000;
  return [day, String(trips), String(trips + (trips % 1000)), (trips * 2.87).toFixed(2), (trips * 15.43).toFixed(2)];
}

function column(name: string, typeOid: number): SqlColumn {
  return { name, typeOid, typeModifier: -1, schemaName: 'public', tableName: 'trips', nullable: 1 };
}

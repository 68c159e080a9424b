import * as path from 'path';
import { PGliteEngine } from '../../../local/redshift/engine/pglite-engine';
import { SqlEngine } from '../../../local/redshift/engine/sql-engine';
import { tripSnapshot } from '../../../local/taxi/trip-snapshot';

/** An engine with an empty table of trips; the snapshot is reused by the next test. */
export async function openEmptyDatabase(): Promise<PGliteEngine> {
  const source = { description: 'no trips', isGenerated: false, rows: 0, key: 'none', lines: () => [] };
  const { file } = await tripSnapshot(source, path.join(__dirname, '..', '..', '..', '.local', 'test'), () => undefined);
  return PGliteEngine.open({ snapshot: file });
}

/** Runs a statement and gives its rows. */
export async function rowsOf(
  engine: SqlEngine, sql: string, parameters: Record<string, string> = {},
): Promise<ReadonlyArray<ReadonlyArray<string | null>>> {
  const result = await engine.run(sql, Object.entries(parameters).map(([name, value]) => ({ name, value })));
  return result.rows;
}

/** Runs a statement and returns its only value. */
export async function valueOf(engine: SqlEngine, sql: string, parameters: Record<string, string> = {}): Promise<string | null> {
  const rows = await rowsOf(engine, sql, parameters);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toHaveLength(1);
  return rows[0][0];
}

/** A statement that runs until it is stopped. */
export const ENDLESS_SQL = 'SELECT count(*) FROM generate_series(1, 100000000000)';

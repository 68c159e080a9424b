import * as fs from 'fs';
import * as path from 'path';
import { TRIP_TABLE, TripProgress, TripSource } from './trip-columns';
import { prepareStatement } from '../redshift/engine/redshift-statement';

const BATCH_ROWS = 20000;

/** The CREATE TABLE statement for Redshift. */
export function createTableSql(): string {
  return fs.readFileSync(path.join(__dirname, '..', '..', 'examples', 'taxi-by-month', 'sql', 'create-table.sql'), 'utf8');
}

/** The CREATE TABLE statement for PostgreSQL. */
export function translatedCreateTable(): string {
  return prepareStatement(createTableSql(), []).sql;
}

/** Replaces the sort key, so that a query for one month reads only that month. */
export const INDEX_SQL = `CREATE INDEX ON ${TRIP_TABLE} (pickup_date)`;

/** Calls `copy` with batches of trips in the text format of COPY, and reports the progress. */
export async function copyInBatches(
  source: TripSource, copy: (batch: string) => Promise<void>, onProgress: (progress: TripProgress) => void,
): Promise<void> {
  let batch: string[] = [];
  let done = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    await copy(`${batch.join('\n')}\n`);
    done += batch.length;
    batch = [];
    onProgress({ step: 'load', done, total: source.rows });
  };
  onProgress({ step: 'load', done, total: source.rows });
  for await (const line of source.lines()) {
    batch.push(line);
    if (batch.length === BATCH_ROWS) await flush();
  }
  await flush();
  if (done !== source.rows) throw new Error(`the file changed while it was loaded, from ${source.rows} to ${done} trips: start again`);
}

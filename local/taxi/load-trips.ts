import * as fs from 'fs';
import * as path from 'path';
import { TRIP_TABLE, TripProgress, TripSource } from './trip-columns';
import { prepareStatement } from '../redshift/engine/redshift-statement';

const BATCH_ROWS = 20000;

/** The statement that makes the table of the trips, in Redshift's words. */
export function createTableSql(): string {
  return fs.readFileSync(path.join(__dirname, '..', '..', 'examples', 'taxi-by-month', 'sql', 'create-table.sql'), 'utf8');
}

/** The same statement, in PostgreSQL's words. */
export function translatedCreateTable(): string {
  return prepareStatement(createTableSql(), []).text;
}

/** Stands in for the sort key: a query for one month reads that month only. */
export const INDEX_SQL = `CREATE INDEX ON ${TRIP_TABLE} (pickup_date)`;

/** Gives the trips to `copy` in batches of COPY's text format, and tells how far it is. */
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
  if (done !== source.rows) throw new Error(`the trips changed while they were loaded: ${done} instead of ${source.rows}; start again`);
}

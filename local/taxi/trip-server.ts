import { pipeline } from 'stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyInBatches, INDEX_SQL, translatedCreateTable } from './load-trips';
import { TRIP_TABLE, TripProgress, TripSource } from './trip-columns';
import { databaseKey } from './trip-snapshot';
import { DIALECT_SQL, SESSION_SQL } from '../redshift/engine/dialect/schema';

/** Prefix of the comment on a table that this program created; the database key follows. */
const MARK = 'loaded by redshift-websocket-query: ';
/** An arbitrary number that all processes share. */
const ADVISORY_LOCK = 20150101;

/** Loads the trips into a PostgreSQL server. Returns true if they were already loaded. */
export async function loadIntoServer(source: TripSource, url: string, onProgress: (progress: TripProgress) => void): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    const reused = await loadWithin(client, source, onProgress);
    await client.query('COMMIT');
    return reused;
  } finally {
    await client.end();
  }
}

async function loadWithin(client: Client, source: TripSource, onProgress: (progress: TripProgress) => void): Promise<boolean> {
  const key = `${MARK}${databaseKey(source, 'server')}`;
  const existing = await client.query<{ comment: string | null }>(
    "SELECT obj_description(to_regclass($1), 'pg_class') AS comment WHERE to_regclass($1) IS NOT NULL", [`public.${TRIP_TABLE}`]);
  const comment = existing.rows[0]?.comment;
  if (comment === key) return true;
  if (existing.rows.length > 0 && !comment?.startsWith(MARK)) {
    throw new Error(`the database has a table ${TRIP_TABLE} that another program created: drop it, or use another database`);
  }
  await client.query(DIALECT_SQL.join(';\n'));
  await client.query(SESSION_SQL);
  await client.query(`DROP TABLE IF EXISTS public.${TRIP_TABLE}`);
  await client.query(translatedCreateTable());
  await copyInBatches(source, async (batch) => {
    await pipeline([batch], client.query(copyFrom(`COPY ${TRIP_TABLE} FROM STDIN WITH (DELIMITER '|', NULL '')`)));
  }, onProgress);
  await client.query(INDEX_SQL);
  await client.query(`ANALYZE ${TRIP_TABLE}`);
  await client.query(`COMMENT ON TABLE ${TRIP_TABLE} IS '${key}'`);
  return false;
}

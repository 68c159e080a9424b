import * as crypto from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { copyInBatches, createTableSql, INDEX_SQL, translatedCreateTable } from './load-trips';
import { TRIP_TABLE, TripProgress, TripSource } from './trip-columns';
import { DatabaseWorker } from '../redshift/engine/database-worker';
import { DIALECT_SQL, SESSION_SQL } from '../redshift/engine/dialect/schema';
import { createSnapshot, pgliteVersion } from '../redshift/engine/pglite-snapshot';

const DAY = 24 * 3600 * 1000;
const RETENTION_DAYS = 30;

/** Hash of everything that a loaded database depends on. */
export function databaseKey(source: TripSource, engine: string): string {
  const parts = [source.key, createTableSql(), INDEX_SQL, ...DIALECT_SQL, SESSION_SQL, engine];
  return crypto.createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Path of a snapshot of a database with the trips. Creates the snapshot if it doesn't exist. */
export async function tripSnapshot(
  source: TripSource, directory: string, onProgress: (progress: TripProgress) => void,
): Promise<{ readonly file: string; readonly reused: boolean }> {
  await fs.promises.mkdir(directory, { recursive: true });
  const file = path.join(directory, `taxi-${databaseKey(source, pgliteVersion())}.tar`);
  if (fs.existsSync(file)) {
    await fs.promises.utimes(file, new Date(), new Date());
    return { file, reused: true };
  }
  await removeOld(directory);
  await createSnapshot(file, (database) => load(source, database, onProgress));
  return { file, reused: false };
}

async function load(source: TripSource, database: DatabaseWorker, onProgress: (progress: TripProgress) => void): Promise<void> {
  await database.execute(translatedCreateTable());
  await copyInBatches(source, (batch) => database.copy(`COPY ${TRIP_TABLE} FROM '/dev/blob' WITH (DELIMITER '|', NULL '')`, batch), onProgress);
  onProgress({ step: 'snapshot', done: source.rows, total: source.rows });
  await database.execute(INDEX_SQL);
  await database.execute(`ANALYZE ${TRIP_TABLE}`);
  await database.execute('CHECKPOINT');
}

async function removeOld(directory: string): Promise<void> {
  for (const name of await fs.promises.readdir(directory)) {
    if (!/^taxi-[0-9a-f]{32}\.tar(\..*\.partial)?$/.test(name)) continue;
    const file = path.join(directory, name);
    const age = Date.now() - (await fs.promises.stat(file)).mtimeMs;
    if (age > (name.endsWith('.partial') ? DAY : RETENTION_DAYS * DAY)) await fs.promises.rm(file, { force: true });
  }
}

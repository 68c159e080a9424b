import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseWorker } from '../../../local/redshift/engine/database-worker';
import { DIALECT_SQL, SESSION_SQL } from '../../../local/redshift/engine/dialect/schema';
import { PGliteEngine } from '../../../local/redshift/engine/pglite-engine';
import { pgliteVersion } from '../../../local/redshift/engine/pglite-version';
import type { SqlEngine } from '../../../local/redshift/engine/sql-engine';

const CACHE = path.join(__dirname, '..', '..', '..', '.local', 'test');
const KEY = createHash('sha256').update(JSON.stringify([DIALECT_SQL, SESSION_SQL, pgliteVersion()])).digest('hex').slice(0, 16);

/** An embedded database without tables. Creating one takes many seconds, so that all tests open the same snapshot. */
export async function emptyDatabase(): Promise<SqlEngine> {
  const snapshot = path.join(CACHE, `empty-${KEY}.tar`);
  if (!fs.existsSync(snapshot)) {
    await createSnapshot(snapshot);
  }
  return PGliteEngine.open({ snapshot, workers: 1 });
}

async function createSnapshot(snapshot: string): Promise<void> {
  // Test files run side by side: a snapshot gets its name when it is complete.
  const unfinished = `${snapshot}.${randomUUID()}`;
  fs.mkdirSync(CACHE, { recursive: true });
  const worker = new DatabaseWorker();
  try {
    await worker.execute(DIALECT_SQL.join(';\n'));
    await worker.execute(SESSION_SQL);
    await worker.dump(unfinished);
    fs.renameSync(unfinished, snapshot);
  } finally {
    await worker.terminate();
    fs.rmSync(unfinished, { force: true });
  }
}

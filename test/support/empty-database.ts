import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatabaseWorker } from '../../local/redshift/engine/database-worker';
import { DIALECT_SQL, SESSION_SQL } from '../../local/redshift/engine/dialect/schema';
import { PGliteEngine } from '../../local/redshift/engine/pglite-engine';
import type { SqlEngine } from '../../local/redshift/engine/sql-engine';

/** An embedded database with no tables. */
export async function emptyDatabase(): Promise<SqlEngine> {
  const snapshot = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'empty-database-')), 'empty.tar');
  const worker = new DatabaseWorker();
  try {
    await worker.execute(DIALECT_SQL.join(';\n'));
    await worker.execute(SESSION_SQL);
    await worker.dump(snapshot);
  } finally {
    await worker.terminate();
  }
  return PGliteEngine.open({ snapshot });
}

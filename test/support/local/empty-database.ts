import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DIALECT_SQL, SESSION_SQL } from '../../../local/redshift/engine/dialect/schema';
import { PGliteEngine } from '../../../local/redshift/engine/pglite-engine';
import { createSnapshot, pgliteVersion } from '../../../local/redshift/engine/pglite-snapshot';
import type { SqlEngine } from '../../../local/redshift/engine/sql-engine';

const CACHE = path.join(__dirname, '..', '..', '..', '.local', 'test');
const KEY = createHash('sha256').update(JSON.stringify([DIALECT_SQL, SESSION_SQL, pgliteVersion()])).digest('hex').slice(0, 16);

/** An embedded database without tables. Creating one takes many seconds, so that all tests open the same snapshot. */
export async function emptyDatabase(): Promise<SqlEngine> {
  const snapshot = path.join(CACHE, `empty-${KEY}.tar`);
  if (!fs.existsSync(snapshot)) {
    fs.mkdirSync(CACHE, { recursive: true });
    await createSnapshot(snapshot);
  }
  return PGliteEngine.open({ snapshot, workers: 1 });
}

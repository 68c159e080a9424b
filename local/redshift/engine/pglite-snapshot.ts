import * as crypto from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { DatabaseWorker } from './database-worker';
import { DIALECT_SQL, SESSION_SQL } from './dialect/schema';

/** Version of PGlite. Another version can't load a snapshot. */
export function pgliteVersion(): string {
  const description = path.join(path.dirname(require.resolve('@electric-sql/pglite')), '..', 'package.json');
  return JSON.parse(fs.readFileSync(description, 'utf8')).version;
}

/** Creates a snapshot of a database with the Redshift functions and the data of `fill`. */
export async function createSnapshot(file: string, fill: (database: DatabaseWorker) => Promise<void> = async () => undefined): Promise<void> {
  // The file is renamed when it is complete, because other processes can create the same snapshot.
  const partial = `${file}.${crypto.randomUUID()}.partial`;
  const database = new DatabaseWorker();
  try {
    await database.execute(DIALECT_SQL.join(';\n'));
    await database.execute(SESSION_SQL);
    await fill(database);
    await database.dump(partial);
    await fs.promises.rename(partial, file);
  } finally {
    await database.terminate();
    await fs.promises.rm(partial, { force: true });
  }
}

import * as fs from 'fs';
import * as path from 'path';

/** The version of PGlite: a snapshot opens only in the version that made it. */
export function pgliteVersion(): string {
  const description = path.join(path.dirname(require.resolve('@electric-sql/pglite')), '..', 'package.json');
  return JSON.parse(fs.readFileSync(description, 'utf8')).version;
}

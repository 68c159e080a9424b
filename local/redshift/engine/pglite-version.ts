import * as fs from 'fs';
import * as path from 'path';

/** Version of PGlite. Another version can't load a snapshot. */
export function pgliteVersion(): string {
  const description = path.join(path.dirname(require.resolve('@electric-sql/pglite')), '..', 'package.json');
  return JSON.parse(fs.readFileSync(description, 'utf8')).version;
}

import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

const HASH_CHARACTERS = 16;

/** Hash of the names and contents of files, including all files in directories. */
export function hashFiles(root: string, ...names: string[]): string {
  const hash = createHash('sha256');
  for (const file of names.flatMap((name) => filesOf(path.join(root, name))).sort()) {
    hash.update(path.relative(root, file)).update('\0').update(fs.readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, HASH_CHARACTERS);
}

export function hashString(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, HASH_CHARACTERS);
}

function filesOf(name: string): string[] {
  if (!fs.existsSync(name)) {
    return [];
  }
  return fs.statSync(name).isDirectory() ? fs.readdirSync(name).flatMap((entry) => filesOf(path.join(name, entry))) : [name];
}

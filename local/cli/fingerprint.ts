import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

const DIGEST_CHARACTERS = 16;

/** A digest of files and of everything in directories, by content: what is built from them is up to date while it stays the same. */
export function fingerprint(root: string, ...names: string[]): string {
  const hash = createHash('sha256');
  for (const file of names.flatMap((name) => filesOf(path.join(root, name))).sort()) {
    hash.update(path.relative(root, file)).update('\0').update(fs.readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, DIGEST_CHARACTERS);
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGEST_CHARACTERS);
}

function filesOf(name: string): string[] {
  if (!fs.existsSync(name)) {
    return [];
  }
  return fs.statSync(name).isDirectory() ? fs.readdirSync(name).flatMap((entry) => filesOf(path.join(name, entry))) : [name];
}

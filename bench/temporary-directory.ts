import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Runs an action with a new directory, and removes the directory. */
export async function withTemporaryDirectory<T>(action: (directory: string) => Promise<T>): Promise<T> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'benchmark-'));
  try {
    return await action(directory);
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

import * as fs from 'node:fs';
import * as path from 'node:path';
import { hashFiles, hashString } from './content-hash';
import { CACHE, EXAMPLE, PROJECT } from './project';
import { runCommand } from './run-command';

/** The sources of the cloud assembly of the example. */
const SOURCES = ['examples/taxi-by-month', 'lib', 'assets', 'packages/redshift-websocket-client/lib', 'package-lock.json'];

const ASSEMBLIES = path.join(CACHE, 'assemblies');

const RETENTION_MS = 24 * 60 * 60 * 1000;

/** Synthesizes the cloud assembly of the example for a context, unless its sources are unchanged. */
export async function synthesize(context: Readonly<Record<string, string>>): Promise<{ directory: string; reused: boolean }> {
  const directory = path.join(ASSEMBLIES, `${hashFiles(PROJECT, ...SOURCES)}-${hashString(JSON.stringify(context))}`);
  if (fs.existsSync(path.join(directory, 'manifest.json'))) {
    return { directory, reused: true };
  }
  removeOldAssemblies();
  const { app } = JSON.parse(fs.readFileSync(path.join(EXAMPLE, 'cdk.json'), 'utf8'));
  const unfinished = `${directory}.${process.pid}`;
  await runCommand(app, { cwd: EXAMPLE, env: { CDK_OUTDIR: unfinished, CDK_CONTEXT_JSON: JSON.stringify(context) } });
  fs.renameSync(unfinished, directory);
  return { directory, reused: false };
}

/** An assembly has about 20 MB. Another process can be using a recent one. */
function removeOldAssemblies(): void {
  fs.mkdirSync(ASSEMBLIES, { recursive: true });
  for (const name of fs.readdirSync(ASSEMBLIES)) {
    const directory = path.join(ASSEMBLIES, name);
    if (Date.now() - fs.statSync(directory).mtimeMs > RETENTION_MS) {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }
}

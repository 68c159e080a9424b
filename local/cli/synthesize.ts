import * as fs from 'node:fs';
import * as path from 'node:path';
import { digestOf, fingerprint } from './fingerprint';
import { CACHE, EXAMPLE, PROJECT } from './project';
import { runCommand } from './run-command';

/** What the synthesized assembly of the example depends on. */
const SOURCES = ['examples/taxi-by-month', 'lib', 'assets', 'packages/redshift-websocket-client/lib', 'package-lock.json'];

const ASSEMBLIES = path.join(CACHE, 'assemblies');

const KEPT_MS = 24 * 60 * 60 * 1000;

/** The assembly of the example, for a context; synthesized as the CDK command line does it, unless nothing has changed. */
export async function synthesize(context: Readonly<Record<string, string>>): Promise<{ directory: string; reused: boolean }> {
  const directory = path.join(ASSEMBLIES, `${fingerprint(PROJECT, ...SOURCES)}-${digestOf(JSON.stringify(context))}`);
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

/** An assembly has some 20 MB; one that was made lately may be in use by another process. */
function removeOldAssemblies(): void {
  fs.mkdirSync(ASSEMBLIES, { recursive: true });
  for (const name of fs.readdirSync(ASSEMBLIES)) {
    const directory = path.join(ASSEMBLIES, name);
    if (Date.now() - fs.statSync(directory).mtimeMs > KEPT_MS) {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }
}

import * as fs from 'node:fs';
import * as path from 'node:path';
import { hashFiles } from './content-hash';
import { CACHE, PROJECT } from './project';
import { runCommand } from './run-command';
import { Steps } from './steps';

/** The sources of the bundles and of the compiled constructs. */
const SOURCES = ['src', 'projenrc', 'package-lock.json', 'package.json', 'tsconfig.json', 'tsconfig.client.json', '.projen/tasks.json'];

const OUTPUTS: readonly (readonly [name: string, step: string, command: string, ...outputs: string[]])[] = [
  ['bundles', 'Bundling the functions and the client library', 'npx --no-install projen bundle', 'assets/functions/send-message.lambda/index.js', 'packages/redshift-websocket-client/lib/index.js', 'THIRD-PARTY-NOTICES', 'sbom.cdx.json'],
  ['constructs', 'Compiling the constructs with jsii', 'npx --no-install projen compile', 'lib/index.js'],
];

/** Builds the bundles and the constructs, unless their sources are unchanged. */
export async function build(steps: Steps): Promise<void> {
  const hash = hashFiles(PROJECT, ...SOURCES);
  for (const [name, step, command, ...outputs] of OUTPUTS) {
    const stamp = path.join(CACHE, `${name}.built`);
    if (!isCurrent(stamp, hash, outputs)) {
      await steps.step(step, () => runCommand(command, { cwd: PROJECT }));
      fs.mkdirSync(CACHE, { recursive: true });
      fs.writeFileSync(stamp, hash);
    }
  }
}

function isCurrent(stamp: string, hash: string, outputs: readonly string[]): boolean {
  return outputs.every((output) => fs.existsSync(path.join(PROJECT, output))) && fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === hash;
}

if (require.main === module) {
  build(new Steps()).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}

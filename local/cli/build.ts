import * as fs from 'node:fs';
import * as path from 'node:path';
import { fingerprint } from './fingerprint';
import { CACHE, PROJECT } from './project';
import { runCommand } from './run-command';
import { Steps } from './steps';

/** Everything that the bundles and the compiled constructs are made from. */
const SOURCES = ['src', 'projenrc', 'package-lock.json', 'package.json', 'tsconfig.json', 'tsconfig.client.json', '.projen/tasks.json'];

const PRODUCTS: readonly (readonly [name: string, doing: string, command: string, ...products: string[]])[] = [
  ['bundles', 'Bundling the functions and the client library', 'npx --no-install projen bundle', 'assets/functions/send-message.lambda/index.js', 'packages/redshift-websocket-client/lib/index.js'],
  ['constructs', 'Compiling the constructs with jsii', 'npx --no-install projen compile', 'lib/index.js'],
];

/** Makes the bundles and the compiled constructs, where they are missing or older than their sources. */
export async function build(steps: Steps): Promise<void> {
  const digest = fingerprint(PROJECT, ...SOURCES);
  for (const [name, doing, command, ...products] of PRODUCTS) {
    const stamp = path.join(CACHE, `${name}.built`);
    if (!isCurrent(stamp, digest, products)) {
      await steps.step(doing, () => runCommand(command, { cwd: PROJECT }));
      fs.mkdirSync(CACHE, { recursive: true });
      fs.writeFileSync(stamp, digest);
    }
  }
}

function isCurrent(stamp: string, digest: string, products: readonly string[]): boolean {
  return products.every((product) => fs.existsSync(path.join(PROJECT, product))) && fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === digest;
}

if (require.main === module) {
  build(new Steps()).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}

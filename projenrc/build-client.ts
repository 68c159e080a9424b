import * as fs from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { generateDtsBundle } from 'dts-bundle-generator';
import { build, transform } from 'esbuild';
import type { Format } from 'esbuild';

const PROJECT = path.resolve(__dirname, '..');
const TYPES_CONFIGURATION = path.join(PROJECT, 'tsconfig.client.json');

/** The largest that the client may be where a page carries it: minified and compressed. */
const CLIENT_BUDGET_BYTES = 12 * 1024;

const ENTRIES = ['client', 'react'];

async function main(): Promise<void> {
  for (const entry of ENTRIES) {
    await bundle(entry, 'esm', 'index.js');
    await bundle(entry, 'cjs', 'index.cjs');
    // Beside it the package is CommonJS.
    write(entry, 'package.json', `${JSON.stringify({ type: 'module' })}\n`);
  }
  writeTypes();
  await checkSize();
}

/** Readable, since whoever bundles it minifies it. */
async function bundle(entry: string, format: Format, file: string): Promise<void> {
  await build({
    absWorkingDir: PROJECT,
    entryPoints: [`src/${entry}/index.ts`],
    outfile: `lib/${entry}/${file}`,
    external: ['react'],
    bundle: true,
    format,
    target: 'es2022',
    platform: 'neutral',
    tsconfig: 'tsconfig.client.json',
    logLevel: 'warning',
  });
}

/** All types of an entry in one file, so that they are found whichever way modules are resolved. */
function writeTypes(): void {
  const types = generateDtsBundle(ENTRIES.map((entry) => ({
    filePath: path.join(PROJECT, 'src', entry, 'index.ts'),
    output: { noBanner: true, exportReferencedTypes: false },
  })), { preferredConfigPath: TYPES_CONFIGURATION });
  ENTRIES.forEach((entry, index) => {
    write(entry, 'index.d.ts', types[index]);
    write(entry, 'index.d.cts', types[index]);
  });
}

function write(entry: string, file: string, text: string): void {
  fs.writeFileSync(path.join(PROJECT, 'lib', entry, file), text);
}

async function checkSize(): Promise<void> {
  const readable = fs.readFileSync(path.join(PROJECT, 'lib', 'client', 'index.js'), 'utf8');
  const { code } = await transform(readable, { minify: true, target: 'es2022', format: 'esm' });
  const bytes = gzipSync(code, { level: 9 }).length;
  const numbers = `${bytes} bytes minified and compressed; ${CLIENT_BUDGET_BYTES} are allowed`;
  if (bytes > CLIENT_BUDGET_BYTES) {
    throw new Error(`the client library has become too large: ${numbers}`);
  }
  process.stdout.write(`The client library has ${numbers}.\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

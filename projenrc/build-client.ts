import * as fs from 'node:fs';
import * as path from 'node:path';
import { generateDtsBundle } from 'dts-bundle-generator';
import { build } from 'esbuild';
import type { Format } from 'esbuild';
import * as ts from 'typescript';
import { checkSize } from './client-size';

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
  process.stdout.write(`${await checkSize(fs.readFileSync(path.join(PROJECT, 'lib', 'client', 'index.js'), 'utf8'), CLIENT_BUDGET_BYTES)}\n`);
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
  const [client] = generateDtsBundle([{
    filePath: path.join(PROJECT, 'src', 'client', 'index.ts'),
    output: { noBanner: true, exportReferencedTypes: false },
  }], { preferredConfigPath: TYPES_CONFIGURATION });
  const hook = typesOfHook();
  for (const file of ['index.d.ts', 'index.d.cts']) {
    write('client', file, client);
    write('react', file, hook);
  }
}

/** As they are, since the hook is one file; they import those of the client by the name of the package. */
function typesOfHook(): string {
  const { config } = ts.readConfigFile(TYPES_CONFIGURATION, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT);
  const entry = path.join(PROJECT, 'src', 'react', 'index.ts');
  const program = ts.createProgram([entry], { ...options, noEmit: false, declaration: true, emitDeclarationOnly: true });
  let types = '';
  program.emit(program.getSourceFile(entry), (_, text) => {
    types = text;
  });
  return types;
}

function write(entry: string, file: string, text: string): void {
  fs.writeFileSync(path.join(PROJECT, 'lib', entry, file), text);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

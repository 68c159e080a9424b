import * as fs from 'node:fs';
import * as path from 'node:path';
import { generateDtsBundle } from 'dts-bundle-generator';
import * as ts from 'typescript';
import { bundleClient, CLIENT_ENTRY_POINTS, CLIENT_TSCONFIG } from './client-bundle';
import { CLIENT_PACKAGE_DIRECTORY } from './client-package';
import { checkSize } from './client-size';

const PROJECT = path.resolve(__dirname, '..');
const OUTPUT = path.join(PROJECT, CLIENT_PACKAGE_DIRECTORY, 'lib');

/** Maximum size of the client library in a page, minified and compressed. */
const MAX_CLIENT_BYTES = 12 * 1024;

async function main(): Promise<void> {
  fs.rmSync(OUTPUT, { recursive: true, force: true });
  const types = { index: clientTypes(), react: hookTypes() };
  for (const [name, source] of Object.entries(CLIENT_ENTRY_POINTS)) {
    await bundleClient(source, path.join(OUTPUT, `${name}.js`));
    writeWrapper(name);
  }
  writeTypes('index', types.index);
  writeTypes('react', types.react);
  process.stdout.write(`${await checkSize(fs.readFileSync(path.join(OUTPUT, 'index.js'), 'utf8'), MAX_CLIENT_BYTES)}\n`);
}

/** `require` loads the ES module, so that an application has each error class once. */
function writeWrapper(name: string): void {
  fs.writeFileSync(path.join(OUTPUT, `${name}.cjs`), `module.exports = require('./${name}.js');\n`);
}

/** The types are those of the CommonJS file; an ES module can import them, but not the other way around. */
function writeTypes(name: string, types: string): void {
  fs.writeFileSync(path.join(OUTPUT, `${name}.d.cts`), types);
  fs.writeFileSync(path.join(OUTPUT, `${name}.d.ts`), `export * from './${name}.cjs';\n`);
}

/** All types of the client in one file, so that every module resolution finds them. */
function clientTypes(): string {
  const [types] = generateDtsBundle([{
    filePath: path.join(PROJECT, CLIENT_ENTRY_POINTS.index),
    output: { noBanner: true, exportReferencedTypes: false },
  }], { preferredConfigPath: CLIENT_TSCONFIG });
  return types;
}

/** The types of the hook import the types of the client by the name of the package. */
function hookTypes(): string {
  const { config } = ts.readConfigFile(CLIENT_TSCONFIG, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT);
  const entryPoint = path.join(PROJECT, CLIENT_ENTRY_POINTS.react);
  const program = ts.createProgram([entryPoint], { ...options, noEmit: false, declaration: true, emitDeclarationOnly: true });
  let types = '';
  program.emit(program.getSourceFile(entryPoint), (_, declarations) => {
    types = declarations;
  });
  return types;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});

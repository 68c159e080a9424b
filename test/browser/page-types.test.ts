import * as path from 'path';
import * as ts from 'typescript';

const PROJECT = path.join(__dirname, '..', '..');
const PAGE = path.join(PROJECT, 'examples', 'taxi-by-month', 'page');
const ENTRY = path.join(PAGE, 'taxi.js');

/** The deployment puts the client library here. */
const CLIENT_TYPES = path.join(PAGE, 'client', 'index.d.ts');

/** Reads the files of the page, and the client library where the deployment puts it. */
function pageHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, directoryExists } = host;
  host.fileExists = (name) => name === CLIENT_TYPES || fileExists(name);
  host.readFile = (name) => (name === CLIENT_TYPES ? "export * from 'redshift-websocket-client';" : readFile(name));
  host.directoryExists = (name) => name === path.dirname(CLIENT_TYPES) || directoryExists!(name);
  return host;
}

test('the modules of the page agree with the types in their comments', () => {
  const options: ts.CompilerOptions = {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    strict: true,
    noUnusedLocals: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
  };
  const program = ts.createProgram([ENTRY], options, pageHost(options));
  const sentences = ts.getPreEmitDiagnostics(program)
    .map(({ file, start, messageText }) => {
      const line = file === undefined ? '' : `${path.basename(file.fileName)}:${file.getLineAndCharacterOfPosition(start ?? 0).line + 1} `;
      return line + ts.flattenDiagnosticMessageText(messageText, '\n');
    });
  expect(program.getSourceFiles().filter(({ fileName }) => fileName.endsWith('.js')).length).toBeGreaterThan(10);
  expect(sentences).toEqual([]);
}, 30_000);

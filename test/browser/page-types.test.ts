import * as path from 'path';
import * as ts from 'typescript';

const PROJECT = path.join(__dirname, '..', '..');
const PAGE = path.join(PROJECT, 'examples', 'taxi-by-month', 'page');
const ENTRY = path.join(PAGE, 'taxi.js');

test('the modules of the page agree with the types in their comments', () => {
  const program = ts.createProgram([ENTRY], {
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
    // The deployment puts the client library beside the page.
    rootDirs: [PAGE, path.join(PROJECT, 'lib')],
  });
  const sentences = ts.getPreEmitDiagnostics(program)
    .map(({ file, start, messageText }) => {
      const line = file === undefined ? '' : `${path.basename(file.fileName)}:${file.getLineAndCharacterOfPosition(start ?? 0).line + 1} `;
      return line + ts.flattenDiagnosticMessageText(messageText, '\n');
    });
  expect(program.getSourceFiles().filter(({ fileName }) => fileName.endsWith('.js')).length).toBeGreaterThan(10);
  expect(sentences).toEqual([]);
}, 30_000);

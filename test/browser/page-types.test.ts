import * as path from 'path';
import * as ts from 'typescript';

const ENTRY = path.join(__dirname, '..', '..', 'examples', 'taxi-by-month', 'page', 'taxi.js');

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
  });
  const sentences = ts.getPreEmitDiagnostics(program)
    .map(({ file, start, messageText }) => {
      const line = file === undefined ? '' : `${path.basename(file.fileName)}:${file.getLineAndCharacterOfPosition(start ?? 0).line + 1} `;
      return line + ts.flattenDiagnosticMessageText(messageText, '\n');
    });
  expect(program.getSourceFiles().filter(({ fileName }) => fileName.endsWith('.js')).length).toBeGreaterThan(10);
  expect(sentences).toEqual([]);
}, 30_000);

import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const PROJECT = path.resolve(__dirname, '..', '..', '..');
/** Documents, and the minimum number of their code blocks. */
const DOCUMENTS = [['docs/client.md', 8], ['packages/redshift-websocket-client/README.md', 3]] as const;

/** A code block of a document, as a separate module. */
interface Snippet {
  readonly file: string;
  readonly code: string;
}

/** The code blocks in TypeScript, and the scripts of those in HTML. */
function snippetsOf(document: string): Snippet[] {
  const blocks = fs.readFileSync(path.join(PROJECT, document), 'utf8').matchAll(/^```(ts|tsx|html)\n(.*?)^```$/gms);
  return [...blocks].map(([, language, code], index) => ({
    file: path.join(PROJECT, path.dirname(document), `snippet-${index + 1}.${language === 'html' ? 'js' : language}`),
    code: language === 'html' ? /<script type="module">(.*)<\/script>/s.exec(code)![1].replace('./index.js', 'redshift-websocket-client') : code,
  }));
}

it.each(DOCUMENTS)('compiles each code block of %s', (document, minBlocks) => {
  const files = snippetsOf(document);
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    allowJs: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    jsx: ts.JsxEmit.ReactJSX,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    skipLibCheck: true,
    paths: {
      'redshift-websocket-client': [path.join(PROJECT, 'src', 'client')],
      'redshift-websocket-client/react': [path.join(PROJECT, 'src', 'react')],
    },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  const codeOf = (name: string): string | undefined => files.find(({ file }) => path.resolve(name) === file)?.code;
  host.fileExists = (name) => codeOf(name) !== undefined || fileExists(name);
  host.readFile = (name) => codeOf(name) ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const code = codeOf(name);
    return code === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, code, ts.ScriptTarget.ES2022, true);
  };

  const program = ts.createProgram(files.map(({ file }) => file), options, host);
  const errors = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file?.text.slice(0, start).split('\n').length;
    return `${path.basename(file?.fileName ?? '')}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  expect(files.length).toBeGreaterThanOrEqual(minBlocks);
  expect(errors).toEqual([]);
}, 120_000);

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as ts from 'typescript';
import { PACKAGES, PROJECT } from '../../package/packages';

const EXAMPLE = path.join(PROJECT, 'examples', 'taxi-by-month');
const CLIENT_TYPES = path.join(PACKAGES['redshift-websocket-client'], 'lib', 'index.d.ts');
const UPLOT_TYPES = path.join(path.dirname(require.resolve('uplot/dist/uPlot.esm.js')), 'uPlot.d.ts');

const OPTIONS: ts.CompilerOptions = {
  allowJs: true,
  checkJs: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ES2022,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
  paths: { 'redshift-websocket-client': [CLIENT_TYPES] },
};

let directory: string;

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'page-'));
  fs.cpSync(path.join(EXAMPLE, 'page'), path.join(directory, 'page'), { recursive: true });
  fs.cpSync(path.join(EXAMPLE, 'queries.d.ts'), path.join(directory, 'queries.d.ts'));
  fs.cpSync(UPLOT_TYPES, path.join(directory, 'page', 'uplot', 'uPlot.esm.d.ts'));
  fs.mkdirSync(path.join(directory, 'page', 'client'));
  fs.writeFileSync(path.join(directory, 'page', 'client', 'index.d.ts'), "export * from 'redshift-websocket-client';");
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

it('the page matches the types of the client, of the chart library, and of the queries', () => {
  const [page, wrongPage] = ['page.js', 'wrong-page.js'].map((name) => path.join(directory, 'page', name));
  fs.writeFileSync(wrongPage, fs.readFileSync(page, 'utf8').replace('trip_month: month', 'month'));
  const program = ts.createProgram([page, wrongPage], OPTIONS);
  const errors = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0;
    return `${path.basename(file?.fileName ?? '')}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
  expect(errors).toEqual([expect.stringMatching(/^wrong-page\.js:\d+ .*trip_month/)]);
}, 30_000);

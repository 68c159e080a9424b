import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import * as ts from 'typescript';
import { checkSize } from '../../../projenrc/client-size';
import { createParts, ScriptedServer } from '../../client/support/scripted-server';
import { npm, packPackage, PACKAGES, PROJECT, publishedFiles } from '../../package/packages';
import type { PackageArchive } from '../../package/packages';

const NAME = 'redshift-websocket-client';
const ENTRY_POINT = path.join(PACKAGES[NAME], 'lib', 'index.js');

/** Maximum size of the installed package. */
const MAX_INSTALLED_BYTES = 100_000;

/** Packages that users have installed beside the client. */
const NEIGHBORS = ['react', 'ws', '@types/react', '@types/prop-types', 'csstype', 'loose-envify', 'js-tokens'];

const USE = `
async function main() {
  const client = connect(process.argv[2], { WebSocket });
  const { rows } = await client.query('by_day', { day: '2015-01-01' }, { rows: 'array' });
  client.close();
  console.log(JSON.stringify({ rows, hook: typeof useRedshiftQuery }));
}
main();
`;

/** A program with an ES module that imports the package and a CommonJS module that requires it. */
const MIXED = `
const required = require('redshift-websocket-client');
import('redshift-websocket-client').then((imported) => {
  const error = new required.QueryError('internal', 'The query failed.', true);
  const classes = Object.keys(imported).filter((name) => name.endsWith('Error'));
  const shared = classes.filter((name) => imported[name] === required[name]);
  console.log(JSON.stringify({ classes, shared, isQueryError: error instanceof imported.QueryError }));
});
`;
const MIXED_OUTPUT = {
  classes: ['ClientError', 'ConnectionError', 'ProtocolError', 'QueryError'],
  shared: ['ClientError', 'ConnectionError', 'ProtocolError', 'QueryError'],
  isQueryError: true,
};

/** A test of a user who runs Jest with CommonJS modules. */
const JEST_TEST = `
const { connect } = require('redshift-websocket-client');
const { useRedshiftQuery } = require('redshift-websocket-client/react');
test('loads the package', () => expect([typeof connect, typeof useRedshiftQuery]).toEqual(['function', 'function']));
`;

/** A program of a user who has types for the queries. */
const TYPED = `
import { connect, QueryError, ConnectionError } from 'redshift-websocket-client';
import type { Client, QueryResult } from 'redshift-websocket-client';
import { useRedshiftQuery } from 'redshift-websocket-client/react';

export interface Queries {
  'default': { parameters: { 'trip_month': string } };
  'by_hour': { parameters: { 'day': string, 'vendors'?: readonly string[] } };
  'totals': { parameters: { 'year'?: number }; row: { trips: number } };
}

export async function run(client: Client<Queries>): Promise<void> {
  const { rows } = await client.query({ trip_month: '2015-01' });
  const hours: QueryResult<Record<string, any>> = await client.query('by_hour', { day: '2015-01-02', vendors: ['a'] }, { maxAge: 60 });
  const trips: number = (await client.query('totals')).rows[0].trips;
  for await (const batch of client.query('by_hour', { day: '2015-01-02' }, { rows: 'array', signal: new AbortController().signal })) {
    const values: readonly any[] = batch.rows[0];
    console.log(values, rows, hours, trips, batch.columns[0].name);
  }
  // @ts-expect-error the parameter is missing
  client.query('by_hour', {});
  // @ts-expect-error the parameters are missing
  client.query();
  // @ts-expect-error there is no such query
  client.query('by_week', { day: '2015-01-02' });
  // @ts-expect-error there is no such parameter
  client.query('by_hour', { day: '2015-01-02', vendor: 'a' });
  // @ts-expect-error the parameter is of another kind
  client.query('totals', { year: '2015' });
}

export function Totals({ client }: { client: Client<Queries> }): string {
  const { status, rows, error, refetch } = useRedshiftQuery(client, 'totals', { year: 2015 });
  // @ts-expect-error the parameter is missing
  useRedshiftQuery(client, 'by_hour', {});
  return status === 'error' ? String(error) + typeof refetch : String(rows?.[0]?.trips);
}

const client = connect<Queries>(async () => 'wss://service', { decimal: 'number', bigint: (digits) => BigInt(digits) });
run(client).catch((error) => error instanceof QueryError || error instanceof ConnectionError ? error.retryable : error);
const stop: () => void = client.onStateChange((state) => state.name === 'waiting' ? state.retryAt : 0);
stop();
connect('wss://anything').query('whatever', { any: [1, 'a', null], other: true }).then(({ rows }) => rows[0].anything);
connect('wss://anything').query();
`;

let directory: string;
let archive: PackageArchive;
let installedPackages: readonly string[];

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'client-package-'));
  archive = packPackage(NAME, directory);
  fs.writeFileSync(path.join(directory, 'package.json'), '{}');
  npm(['install', '--offline', '--no-audit', '--no-fund', `./${archive.filename}`], directory);
  installedPackages = fs.readdirSync(path.join(directory, 'node_modules')).filter((name) => !name.startsWith('.'));
  for (const name of NEIGHBORS) {
    const link = path.join(directory, 'node_modules', name);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(path.join(PROJECT, 'node_modules', name), link);
  }
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

function write(name: string, content: string): string {
  const file = path.join(directory, name);
  fs.writeFileSync(file, content);
  return file;
}

function readPackageFile(name: string): string {
  return fs.readFileSync(path.join(PACKAGES[NAME], name), 'utf8');
}

/** Runs a program that writes JSON. */
async function runProgram(...parameters: string[]): Promise<{ output: unknown; warnings: string }> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, parameters, { cwd: directory });
  return { output: JSON.parse(stdout), warnings: stderr };
}

describe('the package redshift-websocket-client', () => {
  it('installs one package of less than 100 KB', () => {
    expect(installedPackages).toEqual([NAME]);
    expect(archive.unpackedSize).toBeLessThan(MAX_INSTALLED_BYTES);
  });

  it('contains two entry points with their types, the license, the notices and the README', () => {
    const entryPoints = ['index', 'react'].flatMap((name) => ['cjs', 'd.cts', 'd.ts', 'js'].map((extension) => `lib/${name}.${extension}`));
    expect(publishedFiles(NAME).sort()).toEqual(['LICENSE', 'README.md', 'THIRD-PARTY-NOTICES', 'sbom.cdx.json', ...entryPoints, 'package.json'].sort());
  });

  it.each([
    ['an ES module', 'use.mjs', (name: string, from: string) => `import { ${name} } from '${from}';\n`],
    ['CommonJS', 'use.cjs', (name: string, from: string) => `const { ${name} } = require('${from}');\n`],
  ])('runs in %s', async (_, file, imported) => {
    const server = await ScriptedServer.start();
    const head = [['connect', 'redshift-websocket-client'], ['useRedshiftQuery', 'redshift-websocket-client/react'], ['WebSocket', 'ws']];
    const program = write(file, head.map(([name, from]) => imported(name, from)).join('') + USE);
    const running = runProgram(program, server.url);
    const connection = await server.connection();
    connection.sendResult(await connection.received('query'), 'r', createParts(1));
    expect(await running).toEqual({ output: { rows: createParts(1).flat(), hook: 'function' }, warnings: '' });
    await server.stop();
  });

  it('has the same error classes for import and require', async () => {
    expect(await runProgram(write('mixed.cjs', MIXED))).toEqual({ output: MIXED_OUTPUT, warnings: '' });
  });

  it('has the same error classes for import and require in a bundle for browsers', async () => {
    const outfile = path.join(directory, 'bundle.js');
    const { errors, warnings } = await build({ entryPoints: [write('mixed.cjs', MIXED)], outfile, bundle: true, platform: 'browser', logLevel: 'silent' });
    expect([...errors, ...warnings]).toEqual([]);
    expect(await runProgram(outfile)).toEqual({ output: MIXED_OUTPUT, warnings: '' });
  });

  it('runs in Jest with the option that the README shows', async () => {
    const [option] = /^transformIgnorePatterns: .*$/m.exec(readPackageFile('README.md'))!;
    const transform = JSON.stringify({ '\\.[jt]s$': path.join(PROJECT, 'node_modules', '@swc', 'jest') });
    write('jest.config.js', `module.exports = { watchman: false, transform: ${transform}, ${option} };`);
    write('.swcrc', JSON.stringify({ module: { type: 'commonjs' } }));
    write('loads.test.js', JEST_TEST);
    const jest = path.join(PROJECT, 'node_modules', 'jest', 'bin', 'jest.js');
    const { stderr } = await promisify(execFile)(process.execPath, [jest, '--ci', '--no-cache'], { cwd: directory });
    expect(stderr).toMatch(/^Tests: +1 passed, 1 total$/m);
  });

  it('names the minimum versions of Node.js in the README', () => {
    const { engines: { node } } = JSON.parse(readPackageFile('package.json')) as { engines: { node: string } };
    const versions = node.match(/\d+\.\d+/g)!.join(', ');
    expect(readPackageFile('README.md')).toContain(`Node.js ${versions} or later`);
  });

  it.each<[string, string, ts.CompilerOptions]>([
    ['bundler', 'typed.ts', { module: ts.ModuleKind.ES2022, moduleResolution: ts.ModuleResolutionKind.Bundler }],
    ['node16, as an ES module', 'typed.mts', { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
    ['node16, as CommonJS', 'typed.cts', { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
    ['node10', 'typed.ts', { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 }],
  ])('has types for TypeScript with moduleResolution %s', (_, file, options) => {
    const program = ts.createProgram([write(file, TYPED)], {
      ...options,
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      types: [],
      esModuleInterop: true,
    });
    const errors = ts.getPreEmitDiagnostics(program).map(({ file: source, start = 0, messageText }) => {
      return `${path.basename(source?.fileName ?? '')}:${source?.getLineAndCharacterOfPosition(start).line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
    expect(errors).toEqual([]);
  });

  it('has an ES module that imports no other file and evaluates no strings', () => {
    const script = fs.readFileSync(ENTRY_POINT, 'utf8');
    expect(script).not.toMatch(/\bimport\b|\brequire\(|\beval\(|new Function\b/);
  });

  it('fails to build when the client exceeds the maximum size for a page', async () => {
    const script = fs.readFileSync(ENTRY_POINT, 'utf8');
    expect(await checkSize(script, 12 * 1024)).toMatch(/^The client library has \d+ bytes minified and compressed; the maximum is 12288\.$/);
    await expect(checkSize(script, 1000)).rejects.toThrow(/too large: \d+ bytes minified and compressed; the maximum is 1000\./);
  });
});

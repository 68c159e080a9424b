import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, Aws, Stack } from 'aws-cdk-lib';
import * as ts from 'typescript';
import { ConnectionAccess, QueryParameter, SqlTemplate } from '../../src';
import type { RedshiftWebSocketQuery } from '../../src';
import { construct, newStack } from '../support/construct';

const { bool, date, decimal, integer, listOf, oneOf, string, timestamp } = QueryParameter;

const ASKED = {
  'by_hour': { day: date(), vendors: listOf(oneOf(['CMT', "it's \"V\""]), { optional: true }), rate: integer({ min: 1, max: 6, defaultValue: 1 }) },
  'by-id': { id: integer(), fare: decimal({ optional: true }), tip: bool({ optional: true, defaultValue: false }), since: timestamp(), ids: listOf(integer()) },
};

/** A construct with one query of its own, and the others. */
function asking(stack = newStack()): RedshiftWebSocketQuery {
  const query = construct({ sql: SqlTemplate.inline('SELECT :trip_month'), parameters: { trip_month: string() } }, stack);
  query.addQuery('everything', { sql: SqlTemplate.inline('SELECT 1') });
  for (const [name, parameters] of Object.entries(ASKED)) {
    const placeholders = Object.keys(parameters).map((parameter) => `:${parameter}`);
    query.addQuery(name, { sql: SqlTemplate.inline(`SELECT 1 WHERE 1 IN (${placeholders.join(', ')})`), parameters });
  }
  return query;
}

test('the types of all queries are a declaration', () => {
  expect(asking().clientTypes()).toBe(`// The queries that can be asked, and their parameters. Made by RedshiftWebSocketQuery; do not edit.
export interface Queries {
  'by-id': { parameters: { 'fare'?: number | string | null; 'id': number | string; 'ids': readonly (number | string)[]; 'since': string; 'tip'?: boolean | null } };
  'by_hour': { parameters: { 'day': string; 'rate'?: number; 'vendors'?: readonly ('CMT' | 'it\\'s "V"')[] | null } };
  'default': { parameters: { 'trip_month': string } };
  'everything': { parameters: Record<string, never> };
}
`);
});

test('a parameter that a claim gives is in no type: no client gives it', () => {
  const query = construct({ access: ConnectionAccess.oneTimeTicket() });
  const tenant = QueryParameter.fromClaim('tenant_id');
  query.addQuery('own', { sql: SqlTemplate.inline('SELECT :tenant'), parameters: { tenant } });
  query.addQuery('own_day', { sql: SqlTemplate.inline('SELECT :tenant, :day'), parameters: { tenant, day: date() } });
  expect(query.clientTypes()).toContain("'own': { parameters: Record<string, never> };");
  expect(query.clientTypes()).toContain("'own_day': { parameters: { 'day': string } };");
});

describe('with the types, the TypeScript compiler', () => {
  const client = `
    import type { Queries } from './queries';
    declare function query<N extends keyof Queries>(name: N, parameters: Queries[N]['parameters']): void;
  `;
  const valid = [
    ["query('default', { trip_month: '2015-01' })"],
    ["query('everything', {})"],
    ["query('by_hour', { day: '2015-01-02' })"],
    ["query('by_hour', { day: '2015-01-02', vendors: ['CMT', 'it\\'s \"V\"'], rate: 2 })"],
    ["query('by_hour', { day: '2015-01-02', vendors: null })"],
    ["query('by-id', { id: '9007199254740993', fare: 1.5, since: '2015-01-01 00:00', ids: [1, '2'] })"],
  ];
  const invalid = [
    ["query('by_minute', {})", '"by_minute"'],
    ["query('default', {})", "is missing in type '{}'"],
    ["query('default', { trip_month: 201501 })", "'number' is not assignable to type 'string'"],
    ["query('default', { trip_month: null })", "'null' is not assignable"],
    ["query('default', { trip_month: '2015-01', zone: 'a' })", "'zone' does not exist"],
    ["query('everything', { zone: 'a' })", "not assignable to type 'never'"],
    ["query('by_hour', { day: '2015-01-02', vendors: ['XYZ'] })", '"XYZ"'],
    ["query('by_hour', { day: '2015-01-02', vendors: 'CMT' })", 'not assignable'],
    ["query('by_hour', { day: '2015-01-02', rate: '2' })", "'string' is not assignable to type 'number'"],
  ];
  let errors: Map<string, string[]>;

  beforeAll(() => {
    errors = errorsOf(asking().clientTypes(), client, [...valid, ...invalid].map(([call]) => call));
  });

  test.each(valid)('accepts %s', (call) => {
    expect(errors.get(call)).toEqual([]);
  });

  test.each(invalid)('refuses %s', (call, message) => {
    expect(errors.get(call)).toEqual([expect.stringContaining(message)]);
  });
});

describe('writing the types', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'client-types-'));
    file = path.join(directory, 'queries.d.ts');
  });
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  test('happens at synthesis, with the queries that were added after', () => {
    const query = construct();
    query.writeClientTypes(path.relative(process.cwd(), file));
    query.addQuery('late', { sql: SqlTemplate.inline('SELECT 2') });
    expect(fs.existsSync(file)).toBe(false);
    synthesize(query);
    expect(fs.readFileSync(file, 'utf8')).toBe(query.clientTypes());
    expect(query.clientTypes()).toContain("'late'");
  });

  test('leaves a file alone that holds them already, and replaces another', () => {
    const query = asking();
    query.writeClientTypes(file);
    fs.writeFileSync(file, query.clientTypes());
    fs.utimesSync(file, 1, 1);
    synthesize(query);
    expect(fs.statSync(file).mtimeMs).toBe(1000);
    fs.writeFileSync(file, 'old');
    synthesize(query);
    expect(fs.readFileSync(file, 'utf8')).toBe(query.clientTypes());
  });

  test('fails when the directory is missing, or the path is a token', () => {
    expect(() => construct().writeClientTypes('no/such/queries.d.ts')).toThrow(`the directory of 'no/such/queries.d.ts' does not exist: looked for ${path.resolve('no/such')}`);
    expect(() => construct().writeClientTypes(Aws.STACK_NAME)).toThrow('must be known at synthesis, but is a token');
  });
});

function synthesize(query: RedshiftWebSocketQuery): void {
  (Stack.of(query).node.root as App).synth({ force: true });
}

/** Compiles calls against the declaration, and gives the errors of each call. */
function errorsOf(declaration: string, client: string, calls: readonly string[]): Map<string, string[]> {
  const nameOf = (call: string) => `/client-${calls.indexOf(call)}.ts`;
  const files = new Map([['/queries.d.ts', declaration], ...calls.map((call) => [nameOf(call), `${client}${call};`] as const)]);
  const options: ts.CompilerOptions = { strict: true, noEmit: true, types: [], lib: ['lib.es2022.d.ts'], target: ts.ScriptTarget.ES2022 };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, version) => files.has(name) ? ts.createSourceFile(name, files.get(name)!, version) : getSourceFile(name, version);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(calls.map(nameOf), options, host));
  return new Map(calls.map((call) => {
    const own = diagnostics.filter(({ file }) => file === undefined || file.fileName === nameOf(call));
    return [call, own.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))];
  }));
}

import { AttackedApplication } from './attacked-application';
import type { Statement } from './attacked-application';
import type { ErrorMessage } from '../../../src/protocol/messages';
import type { WebSocketClient } from '../../support/local/web-socket-client';

const STRINGS = [
  "'; DROP TABLE trips; --", "'); DROP TABLE trips; --", '1; DROP TABLE trips', "' OR '1'='1", "' UNION SELECT usename FROM pg_user --", "\\'; DROP TABLE trips; --",
  "'", "''", "'''", "\\'", "\\\\'", '\\', '/*', '*/', '/* */', '--', '-- \n', '# comment', '$$', '$$; DROP TABLE trips; $$', '$tag$ $tag$', '$1', '$2',
  ':text', ':text_1', ':value', ':other_parameter', '::', '::integer', '||', "x' || pg_sleep(1) || '", '%', '_', '%s', '{0}', '?', 'NULL', 'null', 'DEFAULT',
  '\u02bc; DROP TABLE trips; --', '\uff07; DROP TABLE trips; --', '\u2019 OR \u20191\u2019=\u20191', '\u2018', "'\u0301", '\u0001', '\ufeff', '\u202e',
  "$'", '$&', '$`', '$<name>', "$'$'$'", '${text}', '#{text}', '`rm -rf`', '\r\n', '\t', '\u2028', '\u001b[31m', '😀', ' ', 'a'.repeat(4000), "'".repeat(4000),
] as const;

/** Values that are valid only for strings. */
const NO_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  integer: ['1e309', 'NaN', 'Infinity', '0x10', '1;SELECT 1', '1 OR 1=1', '1--', '1/**/', "1'", '+1', ' 1', '1 ', '١٢', '１', '1_000', '1,000', '', '1.5', '9223372036854775808', true, null, [1], {}],
  decimal: ['1e309', 'NaN', 'nan', '-Infinity', '0x10', '1;SELECT 1', '1--', "1'", '+1', '.5', '5.', '1e', '1e9999999999', '1e999999999', '9'.repeat(1000), '٫5', true, null, ['1'], {}],
  boolean: ["true'; DROP TABLE trips; --", 'TRUE', 't', 'yes', 1, 0, 'true OR true', 'tr\u00adue', null, [true], {}],
  date: [
    "2015-01-31'; DROP TABLE trips; --", '2015-01-31 --', '2015-01-31/**/', '2015-02-30', '0000-00-00', 'today', 'now()', 'infinity', '2015-01-31\n', '2015-1-31', '２015-01-31', 20150131, null, [], {},
  ],
  timestamp: ["2015-01-31 23:59:59'; --", 'now', 'infinity', '-infinity', 'epoch', '2015-01-31 24:00:01', '2015-01-31 23:59:59 --', '2015-01-31 23:59:59+00', null, 0],
  moment: ["2015-01-31T23:59:59Z'; --", 'now', 'infinity', '2015-01-31T23:59:59', '2015-01-31T23:59:59+99:99', '2015-01-31T23:59:59Z --', null, 0],
  one_of: ["CMT'; DROP TABLE trips; --", 'cmt', 'CMT ', 'CM\u0422', '__proto__', 'toString', ['CMT'], null],
  pattern: ["2015-01'; DROP TABLE trips; --", '2015-01\n', '\n2015-01', '2015-01\r\nx', '２０１５-０１', '٢٠١٥-٠١'],
};

const NO_NUMBERS = [['1); DROP TABLE trips; --'], [1, '2) OR (1=1'], [1, [2]], [1, { $ne: 1 }], '1', '1,2,3', [], [1, 2, 3, 4, 5, 6], { length: 1, 0: 1 }, null];

let attacked: AttackedApplication;
let client: WebSocketClient;

beforeAll(async () => {
  attacked = await AttackedApplication.start();
  client = await attacked.connect();
});

afterAll(async () => {
  await attacked?.close();
});

let lastId = 0;

/** The result of a query, and the statements that Redshift received in the meantime. */
interface QueryOutcome {
  readonly rows: readonly unknown[][];
  readonly error?: ErrorMessage;
  readonly started: readonly Statement[];
}

/** Submits a query on the shared client, and waits for its terminal message. */
async function submit(query: string, parameters: unknown): Promise<QueryOutcome> {
  lastId += 1;
  const id = `q${lastId}`;
  const before = attacked.statements.length;
  client.send({ type: 'query', id, query, parameters });
  const { rows, terminalMessage } = await client.waitForResult(id);
  return { rows, error: terminalMessage.type === 'error' ? terminalMessage : undefined, started: attacked.statements.slice(before) };
}

function hex(string: string): string {
  return Buffer.from(string).toString('hex');
}

/** Submits a query in the URL of another connection. */
async function submitQueryFromUrl(string: string): Promise<readonly unknown[][]> {
  const connected = await attacked.connect(`?text=${encodeURIComponent(string)}`);
  const { rows } = await connected.waitForResult('connect');
  await connected.close();
  return rows;
}

/** The maximum length in a URL that is not rejected for its length. */
const LONGEST_IN_ADDRESS = 100;

/** The SQL of the three statements below, which is the same for all values. */
let expectedSql: readonly string[] | undefined;

describe('SQL in a string, in a list and in the URL', () => {
  it.each(STRINGS)('is bound as a value, returned unchanged, and doesn\'t change the SQL: %j', async (string) => {
    const before = attacked.statements.length;
    const [one, among, absent, addressed] = await Promise.all([
      submit('default', { text: string }),
      submit('texts', { text: string, texts: ['other', string] }),
      submit('texts', { text: string, texts: ['other', `${string.slice(0, 3999)}x`] }),
      string.length <= LONGEST_IN_ADDRESS ? submitQueryFromUrl(string) : undefined,
    ]);
    expect(one.rows).toEqual([[hex(string), 1]]);
    expect(among.rows).toEqual(['1', '2', '3'].map((n) => [hex(n)]));
    expect(absent.rows).toEqual([]);
    expect(addressed ?? one.rows).toEqual(one.rows);

    const started = attacked.statements.slice(before);
    const sql = [...new Set(started.map((statement) => statement.sql))].sort();
    expectedSql ??= sql;
    expect(sql).toEqual(expectedSql);
    expect(started.find(({ parameters }) => parameters.length === 1)!.parameters).toEqual([{ name: 'text', value: string }]);
  });
});

describe('a string that no database can store', () => {
  it.each([['it contains a null character', "a\0'; DROP TABLE trips; --"], ['it contains an unpaired surrogate', '\ud800'], ['it has 4,001 characters', 'a'.repeat(4001)], ['it is empty', '']])('is rejected before a statement starts when %s', async (_, string) => {
    const { error, started } = await submit('default', { text: string });
    expect(error).toMatchObject({ code: 'invalid_parameter', retryable: false });
    expect(started).toEqual([]);
  });

  it('is rejected when the URL contains a null character', async () => {
    const connected = await attacked.connect("?text=a%00'--");
    expect(await connected.error()).toMatchObject({ id: 'connect', code: 'invalid_parameter' });
    await connected.close();
  });
});

describe('SQL in a parameter of another kind', () => {
  it.each(Object.entries(NO_VALUES).flatMap(([query, values]) => values.map((value) => [query, value] as const)))('is rejected before a statement starts: %s %j', async (query, value) => {
    const { error, started } = await submit(query, { value });
    expect(error).toMatchObject({ code: 'invalid_parameter', message: expect.stringContaining('"value"'), retryable: false });
    expect(started).toEqual([]);
  });

  it.each(NO_NUMBERS.map((numbers) => [numbers]))('is rejected before a statement starts when it is in a list of integers: %j', async (numbers) => {
    const { error, started } = await submit('numbers', { numbers });
    expect(error).toMatchObject({ code: 'invalid_parameter' });
    expect(started).toEqual([]);
  });

  it('is rejected when a JSON number is out of range or hexadecimal', async () => {
    client.send('{"type":"query","id":"huge","query":"integer","parameters":{"value":1e309}}');
    expect((await client.waitForResult('huge')).terminalMessage).toMatchObject({ code: 'invalid_parameter' });
    client.send('{"type":"query","id":"hex","query":"integer","parameters":{"value":0x10}}');
    await client.waitFor((message) => message.type === 'error' && message.code === 'invalid_json');
  });
});

it('rejects SQL in the names of parameters, queries and options', async () => {
  const injected = 'text); DROP TABLE trips; --';
  expect((await submit('default', { [injected]: 'a' })).error).toMatchObject({ code: 'unknown_parameter' });
  expect((await submit(`trips; ${injected}`, {})).error).toMatchObject({ code: 'unknown_query' });
  client.send({ type: 'query', id: 'option', parameters: { text: 'a' }, options: { [injected]: 1 } });
  expect((await client.waitForResult('option')).terminalMessage).toMatchObject({ code: 'unknown_field' });
});

it('leaves the table unchanged, and no SQL contains a value of a client', async () => {
  expect(await attacked.trips()).toBe(3);
  const sql = [...new Set(attacked.statements.map((statement) => statement.sql))];
  // One for each query: no value caused another statement.
  expect(sql).toHaveLength(3);
  expect(sql.join('\n')).not.toMatch(/DROP|pg_user|pg_sleep|other/);
});

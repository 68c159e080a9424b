import { MAX_MESSAGE_BYTES } from '../../src/protocol/limits';
import type { AcceptedMessage, CompleteMessage, RowsMessage } from '../../src/protocol/messages';
import { eventually } from '../support/eventually';
import { emptyDatabase } from '../support/local/empty-database';
import { eventuallyAfterDelays } from '../support/local/eventually-after-delays';
import { HeldEngine } from '../support/local/held-engine';
import { startLocalApplication } from '../support/local/local-application';
import type { LocalApplication } from '../support/local/local-application';
import { WebSocketClient } from '../support/local/web-socket-client';

const TYPES_SQL = `
  SELECT CAST(NULL AS INTEGER) AS nothing, CAST(9007199254740993 AS BIGINT) AS big, CAST(42 AS BIGINT) AS small,
         CAST('12345678901234567890.1234567890' AS DECIMAL(38, 10)) AS exact, CAST('NaN' AS FLOAT8) AS not_a_number,
         CAST('-Infinity' AS FLOAT8) AS unbounded, CAST(0.1 AS FLOAT8) AS tenth, TRUE AS yes, CAST('' AS VARCHAR(5)) AS empty,
         CAST('naïve 🚕 "quoted" <b>' AS VARCHAR(40)) AS words, CAST('2015-01-31 23:59:59.123456' AS TIMESTAMP) AS moment, CAST('2015-01-31' AS DATE) AS day`;

const QUERIES = {
  Series: ['SELECT n, \'row number \' || n AS label FROM generate_series(1, CAST(:rows AS INTEGER)) AS s(n) ORDER BY n', 'rows'],
  Failing: ['SELECT 1 / CAST(:divisor AS INTEGER) AS quotient', 'divisor'],
  Types: [TYPES_SQL],
  Wide: ['SELECT REPEAT(\'x\', CAST(:size AS INTEGER)) AS text', 'size'],
  Definition: ['CREATE TABLE made_by_a_query (n INTEGER)'],
} as const;

let engine: HeldEngine;
let application: LocalApplication;
const clients: WebSocketClient[] = [];

beforeAll(async () => {
  engine = new HeldEngine(await emptyDatabase());
  application = await startLocalApplication(QUERIES, engine, {}, (id) => ({ allowWrites: id === 'Definition' }));
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

afterAll(async () => {
  await application?.close();
  await engine?.close();
});

async function connect(id: keyof typeof QUERIES, queryString = '', subprotocols?: string[]): Promise<WebSocketClient> {
  const client = await WebSocketClient.connect(`${application.url(id)}${queryString}`, subprotocols);
  clients.push(client);
  return client;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe('query', () => {
  it('returns accepted, rows and complete when it is submitted as a message', async () => {
    const client = await connect('Series', '', ['redshift-query.v1']);
    expect(client.socket.protocol).toBe('redshift-query.v1');
    client.submit('a', { rows: '3' });
    const { terminalMessage, columns, rows, types } = await client.waitForResult('a');
    expect(types).toEqual(['accepted', 'rows', 'complete']);
    expect(columns).toEqual([{ name: 'n', type: 'int4' }, { name: 'label', type: 'varchar' }]);
    expect(rows).toEqual([[1, 'row number 1'], [2, 'row number 2'], [3, 'row number 3']]);
    expect(terminalMessage).toMatchObject({ type: 'complete', rows: 3, truncated: false });
    const { timing } = terminalMessage as CompleteMessage;
    for (const stage of ['waitingMs', 'runningMs', 'eventMs', 'fetchingMs', 'pushingMs'] as const) {
      expect(timing[stage]).toBeGreaterThanOrEqual(0);
    }
  });

  it('returns the same messages when it is submitted in the query string', async () => {
    const client = await connect('Series', '?rows=2');
    const { rows, types } = await client.waitForResult('connect');
    expect(types).toEqual(['accepted', 'rows', 'complete']);
    expect(rows).toEqual([[1, 'row number 1'], [2, 'row number 2']]);
  });

  it('returns the rows of each query when five run on one connection', async () => {
    const client = await connect('Series');
    const sizes = [1, 10, 100, 1000, 5000];
    sizes.forEach((size) => client.submit(`q${size}`, { rows: String(size) }));
    const results = await Promise.all(sizes.map((size) => client.waitForResult(`q${size}`)));
    expect(results.map(({ rows }) => rows.length)).toEqual(sizes);
    expect(results.map(({ rows }) => rows.every(([n], index) => n === index + 1))).toEqual(sizes.map(() => true));
  });

  it('returns 20,000 rows in order, in messages of at most 32 KB', async () => {
    const client = await connect('Series');
    client.submit('a', { rows: '20000' });
    const { rows, terminalMessage } = await client.waitForResult('a');
    expect(rows.map(([n]) => n)).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1));
    expect(terminalMessage).toMatchObject({ type: 'complete', rows: 20_000 });
    expect(Math.max(...client.sizes)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    expect(client.messages.filter(({ type }) => type === 'rows').length).toBeGreaterThan(10);
  });

  it('returns the rows of one run in a third of the bytes when the client accepts gzip', async () => {
    const letRun = engine.hold();
    const before = engine.statements;
    const [compressed, plain] = [await connect('Series'), await connect('Series')];
    compressed.submit('a', { rows: '20000' }, { encodings: ['gzip'] });
    plain.submit('b', { rows: '20000' });
    await Promise.all([compressed, plain].map((client) => client.waitFor(({ type }) => type === 'accepted')));
    letRun();
    const [one, other] = await Promise.all([compressed.waitForResult('a'), plain.waitForResult('b')]);
    expect(one.rows.map(([n]) => n)).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1));
    expect(one.rows).toEqual(other.rows);
    expect({ ...one.terminalMessage, id: '', timing: {} }).toEqual({ ...other.terminalMessage, id: '', timing: {} });
    expect(Math.max(...compressed.sizes)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    expect(3 * sum(compressed.sizes)).toBeLessThan(sum(plain.sizes));
    expect(engine.statements - before).toBe(1);
  });

  it('returns exact values', async () => {
    const client = await connect('Types');
    client.submit('a');
    const { rows, columns } = await client.waitForResult('a');
    expect(rows).toEqual([[
      null, '9007199254740993', 42, '12345678901234567890.1234567890', 'NaN', '-Infinity', 0.1, true, '', 'naïve 🚕 "quoted" <b>',
      '2015-01-31 23:59:59.123456', '2015-01-31',
    ]]);
    expect((columns as { type: string }[]).map(({ type }) => type)).toEqual([
      'int4', 'int8', 'int8', 'numeric', 'float8', 'float8', 'float8', 'bool', 'varchar', 'varchar', 'timestamp', 'date',
    ]);
  });

  it('returns the columns when there are no rows, and only complete when there is no result set', async () => {
    const series = await connect('Series');
    series.submit('a', { rows: '0' });
    expect(await series.waitForResult('a')).toMatchObject({ columns: [{ name: 'n' }, { name: 'label' }], rows: [], terminalMessage: { type: 'complete', rows: 0 } });
    const definition = await connect('Definition');
    definition.submit('a');
    expect(await definition.waitForResult('a')).toMatchObject({ types: ['accepted', 'complete'], terminalMessage: { type: 'complete', rows: 0 } });
  });
});

describe('failure', () => {
  it('returns the message of the database when the statement fails', async () => {
    const client = await connect('Failing');
    client.submit('a', { divisor: '0' });
    expect((await client.waitForResult('a')).terminalMessage).toMatchObject({ type: 'error', code: 'statement_failed', message: expect.stringContaining('division by zero') });
    client.submit('a', { divisor: '1' });
    await client.waitFor((message) => message.type === 'complete');
  });

  it('never interprets a parameter value as SQL', async () => {
    const client = await connect('Failing');
    client.submit('a', { divisor: '1); DROP TABLE nyc_yellow_taxi; --' });
    expect((await client.waitForResult('a')).terminalMessage).toMatchObject({ code: 'statement_failed', message: expect.stringContaining('invalid input syntax') });
  });

  it('returns the row number when a row is too large', async () => {
    const client = await connect('Wide');
    client.submit('a', { size: '33000' });
    expect((await client.waitForResult('a')).terminalMessage).toMatchObject({ type: 'error', code: 'row_too_large', message: expect.stringContaining('Row 1') });
    client.submit('b', { size: '30000' });
    expect((await client.waitForResult('b')).rows[0][0]).toHaveLength(30_000);
  });

  it.each([
    ['is not JSON', 'hello', 'invalid_json'],
    ['has an unknown field', '{"type":"query","id":"a","params":{}}', 'unknown_field'],
    ['lacks the parameter', '{"type":"query","id":"a"}', 'missing_parameter'],
    ['names an unknown query', '{"type":"query","id":"a","query":"x"}', 'unknown_query'],
  ])('leaves the connection open when a message %s', async (_, message, code) => {
    const client = await connect('Series');
    client.send(message);
    expect(await client.error()).toMatchObject({ code });
    client.submit('b', { rows: '1' });
    expect((await client.waitForResult('b')).rows).toHaveLength(1);
  });

  it('leaves the connection open when an invalid message has 128 KB in frames of 32 KB', async () => {
    const client = await connect('Series');
    for (let frame = 0; frame < 4; frame += 1) {
      client.socket.send('x'.repeat(32 * 1024), { fin: frame === 3 });
    }
    expect(await client.error()).toMatchObject({ code: 'message_too_large', message: expect.stringContaining('131072') });
    client.submit('b', { rows: '1' });
    expect((await client.waitForResult('b')).rows).toHaveLength(1);
  });

  it('rejects the second query and completes the first when an id is used twice', async () => {
    const letRun = engine.hold();
    const client = await connect('Series');
    client.submit('a', { rows: '1000' });
    await client.waitFor((message) => message.type === 'accepted');
    client.submit('a', { rows: '1' });
    expect(await client.error()).toMatchObject({ id: 'a', code: 'id_in_use' });
    letRun();
    await client.waitFor((message) => message.type === 'complete' && message.rows === 1000);
  });

  it('sends the error after the connection is open when parameters in the URL are invalid', async () => {
    const client = await connect('Series', '?lines=1');
    expect(await client.error()).toMatchObject({ id: 'connect', code: 'unknown_parameter' });
  });
});

describe('shared run', () => {
  it('returns all rows to each client when several submit the same query', async () => {
    const letRun = engine.hold();
    const before = engine.statements;
    const all = await Promise.all([1, 2, 3].map(async () => connect('Series')));
    all.forEach((client) => client.submit('a', { rows: '3000' }));
    await Promise.all(all.map((client) => client.waitFor(({ type }) => type === 'accepted')));
    letRun();
    const results = await Promise.all(all.map((client) => client.waitForResult('a')));
    expect(results.map(({ rows }) => rows.length)).toEqual([3000, 3000, 3000]);
    expect(engine.statements - before).toBe(1);
  });
});

describe('client', () => {
  it('receives only the rows of its window, and the others later', async () => {
    const client = await connect('Series');
    client.send({ type: 'query', id: 'a', parameters: { rows: '5000' }, options: { window: 2 } });
    await client.waitFor((message) => message.type === 'rows' && message.seq === 1);
    const { result } = await client.waitFor((message): message is AcceptedMessage => message.type === 'accepted');
    client.send({ type: 'ping' });
    await client.waitFor(({ type }) => type === 'pong');
    expect(client.messages.filter(({ type }) => type === 'rows')).toHaveLength(2);
    client.send({ type: 'more', result, credit: 1000 });
    const { rows } = await client.waitForResult('a');
    expect(rows.map(([n]) => n)).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1));
  });

  it('receives the remaining rows without a second statement when it resumes on another connection', async () => {
    const client = await connect('Series');
    client.submit('a', { rows: '20000' });
    const { result } = await client.waitFor((message): message is AcceptedMessage => message.type === 'accepted');
    await client.waitFor((message) => message.type === 'rows' && message.seq === 3);
    client.socket.terminate();
    const before = engine.statements;
    const again = await connect('Series');
    again.send({ type: 'resume', id: 'b', result, after: 3 });
    const { rows, terminalMessage } = await again.waitForResult('b');
    const first = client.messages.filter((message): message is RowsMessage => message.type === 'rows' && message.seq <= 3).flatMap((message) => message.rows);
    expect([...first, ...rows].map(([n]) => n)).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1));
    expect(terminalMessage).toMatchObject({ type: 'complete', rows: 20_000 });
    expect(engine.statements).toBe(before);
  });

  it('receives an error when it resumes a result that isn\'t stored', async () => {
    const client = await connect('Series');
    client.send({ type: 'resume', id: 'a', result: 'nothing', after: -1 });
    expect(await client.error()).toMatchObject({ id: 'a', code: 'result_expired' });
  });

  it('receives a terminal message, and the statement is canceled, when it cancels', async () => {
    const letRun = engine.hold();
    const client = await connect('Series');
    client.submit('a', { rows: '7' });
    await client.waitFor(({ type }) => type === 'accepted');
    client.send({ type: 'cancel', id: 'a' });
    expect(await client.error()).toMatchObject({ id: 'a', code: 'cancelled' });
    await eventually(() => expect(application.logged.join('\n')).toContain('statement_canceled'));
    letRun();
  });

  it('leaves no subscription when it disconnects during a query', async () => {
    const client = await connect('Series');
    client.submit('a', { rows: '50000' });
    await client.waitFor((message) => message.type === 'rows');
    client.socket.terminate();
    await eventually(async () => {
      expect(await application.unfinishedRequests('Series')).toEqual([]);
      expect(application.aws.connections()).toBe(0);
    });
    expect(application.aws.deadLetters()).toEqual([]);
  });
});

it('leaves no subscriptions, empty queues and only expiring results when all queries are complete', async () => {
  await eventuallyAfterDelays(application.aws, async () => {
    for (const id of Object.keys(QUERIES)) {
      expect(await application.unfinishedRequests(id)).toEqual([]);
    }
    expect(Object.values(application.aws.queueDepths()).every((depth) => Object.values(depth).every((count) => count === 0))).toBe(true);
  });
  expect(application.aws.deadLetters()).toEqual([]);
  await application.aws.expireItems(new Date(Date.now() + 6 * 3600 * 1000));
  for (const id of Object.keys(QUERIES)) {
    expect(await application.items(id)).toEqual([]);
  }
});

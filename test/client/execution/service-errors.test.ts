import * as fc from 'fast-check';
import { ConnectionError, ProtocolError, QueryError } from '../../../src/client';
import { waitUntilReceived, useClientTests } from '../support/client-test';
import { complete, createBatch, createParts, rowsMessages } from '../support/scripted-server';

const tests = useClientTests();
const PARTS = createParts(2);
const MESSAGES = rowsMessages('r', PARTS);
const FIELDS = [
  'id', 'result', 'seq', 'offset', 'columns', 'rows', 'code', 'message', 'messages', 'state', 'elapsedMs', 'bytes', 'timing', 'encoding', 'data', 'limit',
];
const GATEWAY = { message: 'Internal server error', connectionId: 'c', requestId: 'q' };

describe('a query that the service does not run', () => {
  it('is submitted again with another id when API Gateway loses it, and the lost one is canceled if it is accepted', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const first = await connection.received('query', 0);
    connection.send(GATEWAY);
    await connection.received('cancel', 0);
    tests.clock.advance(1000);
    const second = await connection.received('query', 1);
    expect(second.id).not.toBe(first.id);
    connection.accept(first, 'r');
    expect(await connection.received('cancel', 1)).toEqual({ type: 'cancel', id: first.id });
    connection.sendResult(second, 'r', PARTS);
    expect((await query).rows).toEqual(PARTS.flat());
  });

  it('is submitted again after a minute without a response, and rejects when the retries are exhausted', async () => {
    const client = tests.client();
    const failed = client.query('silence').catch((error) => error);
    const connection = await tests.server.connection();
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await connection.until(() => connection.messages.filter(({ query }) => query === 'silence')[attempt]);
      const attempts = (): number => connection.messages.filter(({ query }) => query === 'silence').length;
      // The connection is open and pongs arrive, but the query receives no response.
      for (let seconds = 0; seconds < 60 || (attempt < 5 && attempts() === attempt + 1); seconds += 2) {
        await waitUntilReceived(connection, client);
        tests.clock.advance(2000);
      }
    }
    const error = await failed;
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'no_response', retryable: true });
  });

  it('waits when it exceeds the limit of the connection', async () => {
    const client = tests.client();
    const [first, second] = [client.query('first'), client.query('second')];
    const connection = await tests.server.connection();
    const [one, other] = [await connection.received('query', 0), await connection.received('query', 1)];
    connection.accept(one, 'r');
    connection.send({ type: 'error', id: other.id, code: 'too_many_queries', message: 'At most 1.', retryable: true, limit: 1 });
    connection.send(complete(one, 'r', []));
    await first;
    connection.sendResult(await connection.received('query', 2), 's', []);
    expect((await second).rows).toEqual([]);
    expect(connection.ofType('query')).toHaveLength(3);
  });

  it('is submitted again with exponential backoff when it exceeds the limit of the caller, and never rejects', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const startedAt = tests.clock.now();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const { id } = await connection.received('query', attempt);
      connection.send({ type: 'error', id, code: 'too_many_queries', message: 'At most 1.', retryable: true, limit: 1 });
      while (connection.ofType('query').length === 1 + attempt) {
        await new Promise((resolve) => setImmediate(resolve));
        tests.clock.advance(100);
      }
    }
    expect(tests.clock.now() - startedAt).toBeGreaterThan(120_000);
    connection.sendResult(connection.ofType('query').at(-1)!, 's', []);
    expect((await query).rows).toEqual([]);
  });

  it('is canceled when the service accepts it after an internal error', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.send({ type: 'error', id: request.id, code: 'internal', message: 'Something went wrong.', retryable: true });
    await expect(query).rejects.toMatchObject({ code: 'internal', retryable: true });
    connection.accept(request, 'r');
    expect(await connection.received('cancel')).toEqual({ type: 'cancel', id: request.id });
  });
});

describe('an error message', () => {
  it('has no effect when it belongs to another message of an accepted query', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    const error = { type: 'error', code: 'internal', message: 'Something went wrong.', retryable: true };
    connection.send(error, { ...error, id: '17' }, { ...error, id: request.id, code: 'id_in_use' });
    connection.accept(request, 'r');
    connection.send({ ...error, id: request.id }, { ...error, result: 'r' }, { ...error, id: request.id, code: 'unknown_id' });
    connection.send(...MESSAGES, complete(request, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
  });
});

describe('a protocol violation', () => {
  it.each<[string, (id: string) => object[]]>([
    ['rows with a gap in their offset', () => [MESSAGES[0], { ...MESSAGES[1], offset: 7 }]],
    ['a row with too many values', () => [{ ...MESSAGES[0], rows: [['2015-01-01', 1, 2]] }]],
    ['rows that are not arrays', () => [{ ...MESSAGES[0], rows: [5] }]],
    ['values of an invalid type', () => [{ ...MESSAGES[0], rows: [['2015-01-01', {}]] }]],
    ['rows without columns', () => [{ ...MESSAGES[0], columns: undefined }]],
    ['a different number of rows', (id) => [...MESSAGES, { ...complete({ id }, 'r', PARTS), rows: 17 }]],
    ['fewer messages than it has sent', (id) => [...MESSAGES, { ...complete({ id }, 'r', PARTS), messages: 1 }]],
    ['a terminal message without its fields', (id) => [{ type: 'complete', id, result: 'r' }]],
    ['a batch that is not base64', () => [{ ...createBatch(MESSAGES), data: '*' }]],
    ['a batch that is not gzip', () => [{ ...createBatch(MESSAGES), data: 'AAAA' }]],
    ['a batch with a different number of messages', () => [{ ...createBatch(MESSAGES), messages: 3 }]],
    ['a batch whose messages are not consecutive', () => [createBatch([MESSAGES[1], MESSAGES[0]])]],
    ['an encoding that was not offered', () => [{ ...createBatch(MESSAGES), encoding: 'br' }]],
  ])('rejects with a ProtocolError when the service sends %s', async (_, messages) => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.accept(request, 'r');
    connection.send(...messages(request.id));
    const error = await query.catch((reason) => reason);
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ code: 'invalid_response', retryable: true });
  });

  it('rejects when the terminal message repeatedly arrives before all rows', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    const failed = query.catch((error) => error);
    connection.accept(request, 'r');
    connection.send(complete(request, 'r', PARTS));
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const resume = await connection.received('resume', attempt);
      connection.accept(resume, 'r');
      connection.send(complete(resume, 'r', PARTS));
    }
    expect(await failed).toBeInstanceOf(ProtocolError);
  });

  it('ignores unknown messages', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.send('', '{', 'null', '[]', '5', '"rows"', '{}', '{"type":5}', '{"type":"toString"}', '{"type":"weather","result":"r"}', '{"type":"rows"}');
    connection.accept(request, 'r');
    connection.send('{"type":"progress","result":"r","state":5}', '{"type":"accepted"}', '{"type":"error","code":7}', '{"type":"complete","id":"99","result":"r"}');
    connection.send(...MESSAGES, { ...complete(request, 'r', PARTS), later: true });
    expect((await query).rows).toEqual(PARTS.flat());
  });
});

it('ends each query with its rows or an error when the service sends random messages', async () => {
  const client = tests.client();
  const value = fc.oneof(fc.constantFrom('r', '1', 0, -1, 1.5, null, true, [], {}, [[]], 'gzip', 'H4sIAAAA'), fc.jsonValue({ maxDepth: 2 }));
  const type = fc.constantFrom('accepted', 'progress', 'rows', 'complete', 'error', 'pong', 'weather', 5);
  const fields = Object.fromEntries(FIELDS.map((field) => [field, value]));
  const message = fc.oneof(fc.record({ type, ...fields }, { requiredKeys: ['type'] }), fc.jsonValue());
  await fc.assert(fc.asyncProperty(fc.array(message, { maxLength: 20 }), fc.array(fc.string(), { maxLength: 3 }), async (messages, strings) => {
    const before = tests.server.connections.at(-1)?.ofType('query').length ?? 0;
    const query = client.query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const { id } = await connection.received('query', before);
    const ended = query.then(() => 'rows', (error) => error);
    connection.send({ type: 'accepted', id, result: 'r', shared: false, cached: false });
    connection.send(...strings, ...messages.map((each) => JSON.stringify(each).replaceAll('"1"', JSON.stringify(id))));
    connection.send({ type: 'error', id, result: 'r', code: 'statement_failed', message: 'over', retryable: false });
    const outcome = await ended;
    expect(outcome === 'rows' || outcome instanceof QueryError || outcome instanceof ProtocolError).toBe(true);
    await waitUntilReceived(connection, client);
    const next = client.query({}, { rows: 'array' });
    const request = await connection.until(() => connection.ofType('query').at(-1)?.id > Number(id) + 1 ? connection.ofType('query').at(-1) : undefined);
    connection.sendResult(request, 'next', PARTS);
    expect((await next).rows).toEqual(PARTS.flat());
  }), { numRuns: 200 });
});

import * as fc from 'fast-check';
import { complete, packed, partsOf, rowsMessages } from './scripted-server';
import { heardBy, useClientTests } from './use-client';
import { ConnectionError, ProtocolError, QueryError } from '../../src/client';

const tests = useClientTests();
const PARTS = partsOf(2);
const MESSAGES = rowsMessages('r', PARTS);
const FIELDS = [
  'id', 'result', 'seq', 'offset', 'columns', 'rows', 'code', 'message', 'messages', 'state', 'elapsedMs', 'bytes', 'timing', 'encoding', 'data', 'limit',
];
const GATEWAY = { message: 'Internal server error', connectionId: 'c', requestId: 'q' };

describe('a question that', () => {
  test('API Gateway lost is asked again under another id, and what it lost is cancelled if it turns up', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const first = await connection.heard('query', 0);
    connection.say(GATEWAY);
    await connection.heard('cancel', 0);
    tests.clock.advance(1000);
    const second = await connection.heard('query', 1);
    expect(second.id).not.toBe(first.id);
    connection.accept(first, 'r');
    expect(await connection.heard('cancel', 1)).toEqual({ type: 'cancel', id: first.id });
    connection.answer(second, 'r', PARTS);
    expect((await query).rows).toEqual(PARTS.flat());
  });

  test('nobody answers is asked again after a minute, and given up in the end', async () => {
    const client = tests.client();
    const failed = client.query('silence').catch((error) => error);
    const connection = await tests.server.connection();
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await connection.until(() => connection.messages.filter(({ query }) => query === 'silence')[attempt]);
      const attempts = (): number => connection.messages.filter(({ query }) => query === 'silence').length;
      // The connection is open, and pings are answered; only the query is not.
      for (let seconds = 0; seconds < 60 || (attempt < 5 && attempts() === attempt + 1); seconds += 2) {
        await heardBy(connection, client);
        tests.clock.advance(2000);
      }
    }
    const error = await failed;
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'no_response', retryable: true });
  });

  test('is one too many on the connection waits until there is room', async () => {
    const client = tests.client();
    const [first, second] = [client.query('first'), client.query('second')];
    const connection = await tests.server.connection();
    const [one, other] = [await connection.heard('query', 0), await connection.heard('query', 1)];
    connection.accept(one, 'r');
    connection.say({ type: 'error', id: other.id, code: 'too_many_queries', message: 'At most 1.', retryable: true, limit: 1 });
    connection.say(complete(one, 'r', []));
    await first;
    connection.answer(await connection.heard('query', 2), 's', []);
    expect((await second).rows).toEqual([]);
    expect(connection.of('query')).toHaveLength(3);
  });

  test('is one too many of its caller is submitted again later and later, and never fails of it', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const startedAt = tests.clock.now();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const { id } = await connection.heard('query', attempt);
      connection.say({ type: 'error', id, code: 'too_many_queries', message: 'At most 1.', retryable: true, limit: 1 });
      while (connection.of('query').length === 1 + attempt) {
        await new Promise((resolve) => setImmediate(resolve));
        tests.clock.advance(100);
      }
    }
    expect(tests.clock.now() - startedAt).toBeGreaterThan(120_000);
    connection.answer(connection.of('query').at(-1)!, 's', []);
    expect((await query).rows).toEqual([]);
  });

  test('the service could not store for certain is cancelled if it is answered after all', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.say({ type: 'error', id: question.id, code: 'internal', message: 'Something went wrong.', retryable: true });
    await expect(query).rejects.toMatchObject({ code: 'internal', retryable: true });
    connection.accept(question, 'r');
    expect(await connection.heard('cancel')).toEqual({ type: 'cancel', id: question.id });
  });
});

describe('an error', () => {
  test('of another message, or that is not meant for a query that was accepted, ends nothing', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    const error = { type: 'error', code: 'internal', message: 'Something went wrong.', retryable: true };
    connection.say(error, { ...error, id: '17' }, { ...error, id: question.id, code: 'id_in_use' });
    connection.accept(question, 'r');
    connection.say({ ...error, id: question.id }, { ...error, result: 'r' }, { ...error, id: question.id, code: 'unknown_id' });
    connection.say(...MESSAGES, complete(question, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
  });
});

describe('what contradicts the protocol', () => {
  test.each<[string, (id: string) => object[]]>([
    ['rows with a gap in their offset', () => [MESSAGES[0], { ...MESSAGES[1], offset: 7 }]],
    ['a row with too many values', () => [{ ...MESSAGES[0], rows: [['2015-01-01', 1, 2]] }]],
    ['rows that are none', () => [{ ...MESSAGES[0], rows: [5] }]],
    ['values that are none', () => [{ ...MESSAGES[0], rows: [['2015-01-01', {}]] }]],
    ['rows without columns', () => [{ ...MESSAGES[0], columns: undefined }]],
    ['a number of rows that is not theirs', (id) => [...MESSAGES, { ...complete({ id }, 'r', PARTS), rows: 17 }]],
    ['fewer messages than came', (id) => [...MESSAGES, { ...complete({ id }, 'r', PARTS), messages: 1 }]],
    ['an ending without its numbers', (id) => [{ type: 'complete', id, result: 'r' }]],
    ['compressed rows that are no base64', () => [{ ...packed(MESSAGES), data: '*' }]],
    ['compressed rows that are no gzip', () => [{ ...packed(MESSAGES), data: 'AAAA' }]],
    ['compressed rows of another number', () => [{ ...packed(MESSAGES), messages: 3 }]],
    ['compressed rows that do not follow each other', () => [packed([MESSAGES[1], MESSAGES[0]])]],
    ['an encoding that was not offered', () => [{ ...packed(MESSAGES), encoding: 'br' }]],
  ])('is %s, which ends the query in a ProtocolError', async (_, messages) => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.accept(question, 'r');
    connection.say(...messages(question.id));
    const error = await query.catch((reason) => reason);
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ code: 'invalid_response', retryable: true });
  });

  test('is an end before all rows came, again and again', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    const failed = query.catch((error) => error);
    connection.accept(question, 'r');
    connection.say(complete(question, 'r', PARTS));
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const resume = await connection.heard('resume', attempt);
      connection.accept(resume, 'r');
      connection.say(complete(resume, 'r', PARTS));
    }
    expect(await failed).toBeInstanceOf(ProtocolError);
  });

  test('is anything else, which is ignored', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.say('', '{', 'null', '[]', '5', '"rows"', '{}', '{"type":5}', '{"type":"toString"}', '{"type":"weather","result":"r"}', '{"type":"rows"}');
    connection.accept(question, 'r');
    connection.say('{"type":"progress","result":"r","state":5}', '{"type":"accepted"}', '{"type":"error","code":7}', '{"type":"complete","id":"99","result":"r"}');
    connection.say(...MESSAGES, { ...complete(question, 'r', PARTS), later: true });
    expect((await query).rows).toEqual(PARTS.flat());
  });
});

test('whatever a server says, a query ends in its rows or an error, and the next one is answered', async () => {
  const client = tests.client();
  const value = fc.oneof(fc.constantFrom('r', '1', 0, -1, 1.5, null, true, [], {}, [[]], 'gzip', 'H4sIAAAA'), fc.jsonValue({ maxDepth: 2 }));
  const type = fc.constantFrom('accepted', 'progress', 'rows', 'complete', 'error', 'pong', 'weather', 5);
  const fields = Object.fromEntries(FIELDS.map((field) => [field, value]));
  const message = fc.oneof(fc.record({ type, ...fields }, { requiredKeys: ['type'] }), fc.jsonValue());
  await fc.assert(fc.asyncProperty(fc.array(message, { maxLength: 20 }), fc.array(fc.string(), { maxLength: 3 }), async (messages, texts) => {
    const before = tests.server.connections.at(-1)?.of('query').length ?? 0;
    const query = client.query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const { id } = await connection.heard('query', before);
    const ended = query.then(() => 'rows', (error) => error);
    connection.say({ type: 'accepted', id, result: 'r', shared: false, cached: false });
    connection.say(...texts, ...messages.map((said) => JSON.stringify(said).replaceAll('"1"', JSON.stringify(id))));
    connection.say({ type: 'error', id, result: 'r', code: 'statement_failed', message: 'over', retryable: false });
    const outcome = await ended;
    expect(outcome === 'rows' || outcome instanceof QueryError || outcome instanceof ProtocolError).toBe(true);
    await heardBy(connection, client);
    const next = client.query({}, { rows: 'array' });
    const question = await connection.until(() => connection.of('query').at(-1)?.id > Number(id) + 1 ? connection.of('query').at(-1) : undefined);
    connection.answer(question, 'next', PARTS);
    expect((await next).rows).toEqual(PARTS.flat());
  }), { numRuns: 200 });
});

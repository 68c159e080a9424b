import { COLUMNS, complete, partsOf, rowsMessages, TIMING } from './scripted-server';
import { useClientTests } from './use-client';
import { QueryError } from '../../src/client';
import type { Batch } from '../../src/client';

const tests = useClientTests();

describe('a query', () => {
  test('that is awaited gives all rows, the columns and where the time went', async () => {
    const query = tests.client().query('by_day', { day: '2015-01-01', vendors: ['a', null], limit: 5 }, { maxAge: 60 });
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    expect(question).toEqual({
      type: 'query',
      id: '1',
      query: 'by_day',
      parameters: { day: '2015-01-01', vendors: ['a', null], limit: 5 },
      options: { maxAge: 60, encodings: ['gzip'] },
    });
    expect(connection.request.headers['sec-websocket-protocol']).toBe('redshift-query.v1');
    connection.answer(question, 'r', [[['2015-01-01', 812]], [['2015-01-02', null]]]);
    expect(await query).toEqual({
      rows: [{ day: '2015-01-01', trips: 812 }, { day: '2015-01-02', trips: null }],
      columns: COLUMNS,
      bytes: 100,
      truncated: false,
      timing: TIMING,
    });
    expect(query.completion?.rows).toBe(2);
    expect(query.columns).toEqual(COLUMNS);
  });

  test('can be awaited twice, and again when it has ended', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    connection.answer(await connection.heard('query'), 'r', [[['2015-01-01', 1]]]);
    const [one, other] = await Promise.all([query, query]);
    expect(one.rows).toEqual([['2015-01-01', 1]]);
    expect(other).toBe(one);
    expect(await query).toBe(one);
  });

  test('of a statement without a result has no rows', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    expect(question).toEqual({ type: 'query', id: '1', parameters: {}, options: { encodings: ['gzip'] } });
    connection.answer(question, 'r', []);
    expect(await query).toMatchObject({ rows: [], columns: [] });
  });

  test('that is looped over gives its rows as they come', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const batches: Batch<unknown>[] = [];
    let takesFirst = (): void => undefined;
    const firstTaken = new Promise<void>((resolve) => {
      takesFirst = resolve;
    });
    const looping = (async () => {
      for await (const batch of query) {
        batches.push(batch);
        takesFirst();
      }
    })();
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    const [first, rest] = rowsMessages('r', partsOf(2));
    connection.accept(question, 'r');
    connection.say(first);
    await firstTaken;
    connection.say(rest, complete(question, 'r', partsOf(2)));
    await looping;
    expect(batches).toEqual([
      { rows: partsOf(2)[0], columns: COLUMNS, offset: 0 },
      { rows: partsOf(2)[1], columns: COLUMNS, offset: 2 },
    ]);
    expect(query.completion).toMatchObject({ rows: 4, truncated: false });
  });

  test('is asked once, however it is used, and its rows are handed out once', async () => {
    const query = tests.client().query();
    query[Symbol.asyncIterator]();
    expect(() => query[Symbol.asyncIterator]()).toThrow('read only once');
    await expect(query).rejects.toThrow('read only once');
  });

  test('says how far it has got', async () => {
    const seen: unknown[] = [];
    const query = tests.client().query({}, { onProgress: (progress) => seen.push(progress) });
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.accept(question, 'r', { shared: true });
    connection.say({ type: 'progress', result: 'r', state: 'waiting', elapsedMs: 5000 }, { type: 'progress', result: 'r', state: 'running', elapsedMs: 9000 });
    connection.say({ type: 'progress', result: 'r', state: 'dancing', elapsedMs: 9000 }, { type: 'progress', result: 'other', state: 'running', elapsedMs: 1 });
    connection.say(...rowsMessages('r', partsOf(2)), complete(question, 'r', partsOf(2)));
    await query;
    const accepted = { shared: true, cached: false };
    expect(seen).toEqual([
      { state: 'submitted', rows: 0 },
      { state: 'accepted', rows: 0, ...accepted },
      { state: 'waiting', rows: 0, elapsedMs: 5000, ...accepted },
      { state: 'running', rows: 0, elapsedMs: 9000, ...accepted },
      { state: 'receiving', rows: 2, elapsedMs: 9000, ...accepted },
      { state: 'receiving', rows: 4, elapsedMs: 9000, ...accepted },
    ]);
  });

  test('fails with what the service says of it', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const { id } = await connection.heard('query');
    connection.say({ type: 'error', id, code: 'time_limit', message: 'Too long.', retryable: true, limit: 20 });
    const error = await query.catch((reason) => reason);
    expect(error).toBeInstanceOf(QueryError);
    expect(error).toMatchObject({ name: 'QueryError', code: 'time_limit', message: 'Too long.', retryable: true, limit: 20 });
  });

  test('ends in what its caller’s own functions throw', async () => {
    const client = tests.client({ decimal: () => { throw new Error('no decimal'); } });
    const asked = client.query({}, { onProgress: () => { throw new Error('no progress'); } });
    const decimal = client.query('decimal');
    await expect(asked).rejects.toThrow('no progress');
    const connection = await tests.server.connection();
    const question = await connection.heard('query', 1);
    connection.answer(question, 'r', [[['1.5']]], [{ name: 'fare', type: 'numeric' }]);
    await expect(decimal).rejects.toThrow('no decimal');
    expect((await connection.heard('cancel', 1)).id).toBe(question.id);
  });

  test('that is larger than API Gateway takes is refused before it is sent, and the others go on', async () => {
    const client = tests.client();
    const [large, small] = [client.query({ text: 'x'.repeat(40_000) }), client.query({})];
    await expect(large).rejects.toMatchObject({ code: 'message_too_large', limit: 32768 });
    const connection = await tests.server.connection();
    connection.answer(await connection.heard('query'), 'r', []);
    expect((await small).rows).toEqual([]);
    expect(connection.messages).toHaveLength(1);
  });

  test('is asked with the parameters as they were', async () => {
    const parameters = { months: ['2015-01'], left: undefined };
    void tests.client().query(parameters);
    parameters.months.push('2015-02');
    const connection = await tests.server.connection();
    expect((await connection.heard('query')).parameters).toEqual({ months: ['2015-01'] });
  });
});

describe('values', () => {
  const columns = [
    { name: 'small', type: 'int2' }, { name: 'big', type: 'int8' }, { name: 'fare', type: 'numeric' },
    { name: 'share', type: 'float8' }, { name: 'paid', type: 'bool' }, { name: 'name', type: 'varchar' },
  ];
  const rows = [[1, '9007199254740993', '1234567890123456.70', 'NaN', true, ''], [null, 5, null, -0.5, null, 'NaN']];

  test.each([
    ['lose nothing', {}, [[1, '9007199254740993', '1234567890123456.70', NaN, true, ''], [null, 5, null, -0.5, null, 'NaN']]],
    ['are texts', { bigint: 'string', decimal: 'string' }, [[1, '9007199254740993', '1234567890123456.70', NaN, true, ''], [null, '5', null, -0.5, null, 'NaN']]],
    ['are numbers', { bigint: 'number', decimal: 'number' }, [[1, 9007199254740992, 1234567890123456.8, NaN, true, ''], [null, 5, null, -0.5, null, 'NaN']]],
    ['are BigInts', { bigint: 'bigint' }, [[1, 9007199254740993n, '1234567890123456.70', NaN, true, ''], [null, 5n, null, -0.5, null, 'NaN']]],
    ['are what a function makes of them', { decimal: (digits: string, { name }: { name: string }) => `${name} ${digits}` },
      [[1, '9007199254740993', 'fare 1234567890123456.70', NaN, true, ''], [null, 5, null, -0.5, null, 'NaN']]],
  ] as const)('%s', async (_, options, expected) => {
    const query = tests.client(options).query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    connection.answer(await connection.heard('query'), 'r', [rows], columns);
    expect((await query).rows).toEqual(expected);
  });

  test.each([5e-324, '1.5', 'NaN', 'x'])('%p is no BIGINT, and nothing that the protocol allows', async (value) => {
    const query = tests.client({ bigint: 'bigint' }).query();
    const connection = await tests.server.connection();
    connection.answer(await connection.heard('query'), 'r', [[[value]]], [{ name: 'big', type: 'int8' }]);
    await expect(query).rejects.toMatchObject({ name: 'ProtocolError', message: expect.stringContaining('"big" isn\'t an integer') });
  });

  test('of two columns with one name are no object, and are an array', async () => {
    const client = tests.client();
    const [objects, arrays] = [client.query(), client.query({}, { rows: 'array' })];
    const connection = await tests.server.connection();
    const twice = [{ name: 'count', type: 'int8' }, { name: 'count', type: 'int8' }];
    connection.answer(await connection.heard('query', 0), 'r', [[[1, 2]]], twice);
    connection.answer(await connection.heard('query', 1), 's', [[[1, 2]]], twice);
    await expect(objects).rejects.toThrow('Two columns have the name "count"');
    expect((await arrays).rows).toEqual([[1, 2]]);
  });

  test('of a column named __proto__ are values like others', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    connection.answer(await connection.heard('query'), 'r', [[['x']]], [{ name: '__proto__', type: 'varchar' }]);
    expect(Object.entries((await query).rows[0])).toEqual([['__proto__', 'x']]);
  });
});

import { QueryError } from '../../../src/client';
import type { Batch } from '../../../src/client';
import { useClientTests } from '../support/client-test';
import { COLUMNS, complete, createParts, rowsMessages, TIMING } from '../support/scripted-server';

const tests = useClientTests();

describe('a query', () => {
  it('returns all rows, the columns and the timing when it is awaited', async () => {
    const query = tests.client().query('by_day', { day: '2015-01-01', vendors: ['a', null], limit: 5 }, { maxAge: 60 });
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    expect(request).toEqual({
      type: 'query',
      id: '1',
      query: 'by_day',
      parameters: { day: '2015-01-01', vendors: ['a', null], limit: 5 },
      options: { maxAge: 60, encodings: ['gzip'] },
    });
    expect(connection.request.headers['sec-websocket-protocol']).toBe('redshift-query.v1');
    connection.sendResult(request, 'r', [[['2015-01-01', 812]], [['2015-01-02', null]]]);
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

  it('returns the same result when it is awaited again', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    connection.sendResult(await connection.received('query'), 'r', [[['2015-01-01', 1]]]);
    const [one, other] = await Promise.all([query, query]);
    expect(one.rows).toEqual([['2015-01-01', 1]]);
    expect(other).toBe(one);
    expect(await query).toBe(one);
  });

  it('returns no rows when the statement has no result', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    expect(request).toEqual({ type: 'query', id: '1', parameters: {}, options: { encodings: ['gzip'] } });
    connection.sendResult(request, 'r', []);
    expect(await query).toMatchObject({ rows: [], columns: [] });
  });

  it('returns batches of rows as they arrive when the caller iterates over it', async () => {
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
    const request = await connection.received('query');
    const [first, rest] = rowsMessages('r', createParts(2));
    connection.accept(request, 'r');
    connection.send(first);
    await firstTaken;
    connection.send(rest, complete(request, 'r', createParts(2)));
    await looping;
    expect(batches).toEqual([
      { rows: createParts(2)[0], columns: COLUMNS, offset: 0 },
      { rows: createParts(2)[1], columns: COLUMNS, offset: 2 },
    ]);
    expect(query.completion).toMatchObject({ rows: 4, truncated: false });
  });

  it('throws when its rows are read twice, and is submitted once', async () => {
    const query = tests.client().query();
    query[Symbol.asyncIterator]();
    expect(() => query[Symbol.asyncIterator]()).toThrow('read only once');
    await expect(query).rejects.toThrow('read only once');
  });

  it('reports its progress', async () => {
    const seen: unknown[] = [];
    const query = tests.client().query({}, { onProgress: (progress) => seen.push(progress) });
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.accept(request, 'r', { shared: true });
    connection.send({ type: 'progress', result: 'r', state: 'waiting', elapsedMs: 5000 }, { type: 'progress', result: 'r', state: 'running', elapsedMs: 9000 });
    connection.send({ type: 'progress', result: 'r', state: 'dancing', elapsedMs: 9000 }, { type: 'progress', result: 'other', state: 'running', elapsedMs: 1 });
    connection.send(...rowsMessages('r', createParts(2)), complete(request, 'r', createParts(2)));
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

  it('rejects with the error of the service', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    const { id } = await connection.received('query');
    connection.send({ type: 'error', id, code: 'time_limit', message: 'Too long.', retryable: true, limit: 20 });
    const error = await query.catch((reason) => reason);
    expect(error).toBeInstanceOf(QueryError);
    expect(error).toMatchObject({ name: 'QueryError', code: 'time_limit', message: 'Too long.', retryable: true, limit: 20 });
  });

  it('rejects with the exception when a function of the caller throws', async () => {
    const client = tests.client({ decimal: () => { throw new Error('no decimal'); } });
    const failing = client.query({}, { onProgress: () => { throw new Error('no progress'); } });
    const decimal = client.query('decimal');
    await expect(failing).rejects.toThrow('no progress');
    const connection = await tests.server.connection();
    const request = await connection.received('query', 1);
    connection.sendResult(request, 'r', [[['1.5']]], [{ name: 'fare', type: 'numeric' }]);
    await expect(decimal).rejects.toThrow('no decimal');
    expect((await connection.received('cancel', 1)).id).toBe(request.id);
  });

  it('rejects without a message when it exceeds the maximum message size, and other queries continue', async () => {
    const client = tests.client();
    const [large, small] = [client.query({ text: 'x'.repeat(40_000) }), client.query({})];
    await expect(large).rejects.toMatchObject({ code: 'message_too_large', limit: 32768 });
    const connection = await tests.server.connection();
    connection.sendResult(await connection.received('query'), 'r', []);
    expect((await small).rows).toEqual([]);
    expect(connection.messages).toHaveLength(1);
  });

  it('submits the values that the parameters had when it was called', async () => {
    const parameters = { months: ['2015-01'], left: undefined };
    void tests.client().query(parameters);
    parameters.months.push('2015-02');
    const connection = await tests.server.connection();
    expect((await connection.received('query')).parameters).toEqual({ months: ['2015-01'] });
  });
});

describe('values of a row', () => {
  const columns = [
    { name: 'small', type: 'int2' }, { name: 'big', type: 'int8' }, { name: 'fare', type: 'numeric' },
    { name: 'share', type: 'float8' }, { name: 'paid', type: 'bool' }, { name: 'name', type: 'varchar' },
  ];
  const rows = [[1, '9007199254740993', '1234567890123456.70', 'NaN', true, ''], [null, 5, null, -0.5, null, 'NaN']];

  it.each([
    ['exact values by default', {}, [[1, '9007199254740993', '1234567890123456.70', NaN, true, ''], [null, 5, null, -0.5, null, 'NaN']]],
    ['strings', { bigint: 'string', decimal: 'string' }, [[1, '9007199254740993', '1234567890123456.70', NaN, true, ''], [null, '5', null, -0.5, null, 'NaN']]],
    ['numbers', { bigint: 'number', decimal: 'number' }, [[1, 9007199254740992, 1234567890123456.8, NaN, true, ''], [null, 5, null, -0.5, null, 'NaN']]],
    ['BigInts', { bigint: 'bigint' }, [[1, 9007199254740993n, '1234567890123456.70', NaN, true, ''], [null, 5n, null, -0.5, null, 'NaN']]],
    ['the return values of a function', { decimal: (digits: string, { name }: { name: string }) => `${name} ${digits}` },
      [[1, '9007199254740993', 'fare 1234567890123456.70', NaN, true, ''], [null, 5, null, -0.5, null, 'NaN']]],
  ] as const)('are %s when the options are set', async (_, options, expected) => {
    const query = tests.client(options).query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    connection.sendResult(await connection.received('query'), 'r', [rows], columns);
    expect((await query).rows).toEqual(expected);
  });

  it.each([5e-324, '1.5', 'NaN', 'x'])('rejects with a ProtocolError when a BIGINT value is %p', async (value) => {
    const query = tests.client({ bigint: 'bigint' }).query();
    const connection = await tests.server.connection();
    connection.sendResult(await connection.received('query'), 'r', [[[value]]], [{ name: 'big', type: 'int8' }]);
    await expect(query).rejects.toMatchObject({ name: 'ProtocolError', message: expect.stringContaining('"big" isn\'t an integer') });
  });

  it('rejects when two columns of an object have the same name, and returns arrays', async () => {
    const client = tests.client();
    const [objects, arrays] = [client.query(), client.query({}, { rows: 'array' })];
    const connection = await tests.server.connection();
    const twice = [{ name: 'count', type: 'int8' }, { name: 'count', type: 'int8' }];
    connection.sendResult(await connection.received('query', 0), 'r', [[[1, 2]]], twice);
    connection.sendResult(await connection.received('query', 1), 's', [[[1, 2]]], twice);
    await expect(objects).rejects.toThrow('Two columns have the name "count"');
    expect((await arrays).rows).toEqual([[1, 2]]);
  });

  it('returns the value of a column with the name __proto__', async () => {
    const query = tests.client().query();
    const connection = await tests.server.connection();
    connection.sendResult(await connection.received('query'), 'r', [[['x']]], [{ name: '__proto__', type: 'varchar' }]);
    expect(Object.entries((await query).rows[0])).toEqual([['__proto__', 'x']]);
  });
});

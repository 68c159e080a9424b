import { complete, partsOf, rowsMessages } from './scripted-server';
import { heardBy, rowsCounted, useClientTests } from './use-client';
import type { Query } from '../../src/client';

const tests = useClientTests();

describe('a query is cancelled', () => {
  test('by the signal of its caller, and rejects with the reason of it', async () => {
    const client = tests.client();
    const controller = new AbortController();
    const query = client.query({}, { signal: controller.signal });
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.accept(question, 'r');
    await heardBy(connection, client);
    controller.abort();
    await expect(query).rejects.toMatchObject({ name: 'AbortError' });
    expect(await connection.heard('cancel')).toEqual({ type: 'cancel', id: question.id });
    connection.say(...rowsMessages('r', partsOf(1)), { type: 'error', id: question.id, result: 'r', code: 'cancelled', message: '', retryable: true });
    await heardBy(connection, client);
    expect(connection.of('cancel')).toHaveLength(1);
  });

  test('before it is asked: then it never is', async () => {
    const client = tests.client();
    const controller = new AbortController();
    const [early, late] = [client.query('early', {}, { signal: AbortSignal.abort('too early') }), client.query('late', {}, { signal: controller.signal })];
    controller.abort('too late');
    client.query('third').cancel();
    await expect(early).rejects.toBe('too early');
    await expect(late).rejects.toBe('too late');
    expect(client.state.name).toBe('idle');
    expect(tests.server.connections).toHaveLength(0);
  });

  test('before it is accepted: then again when it is', async () => {
    const client = tests.client();
    const query = client.query();
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    query.cancel();
    query.cancel();
    await expect(query).rejects.toMatchObject({ name: 'QueryError', code: 'cancelled' });
    await connection.heard('cancel', 0);
    connection.say({ type: 'error', id: question.id, code: 'unknown_id', message: 'No such query.', retryable: false });
    connection.accept(question, 'r');
    expect(await connection.heard('cancel', 1)).toEqual({ type: 'cancel', id: question.id });
    connection.accept(question, 'r');
    await heardBy(connection, client);
    expect(connection.of('cancel')).toHaveLength(2);
  });

  test.each(['submitted', 'accepted', 'running', 'receiving'])('when its caller hears that it is %s: then it is not asked again', async (state) => {
    const client = tests.client();
    const query: Query<unknown> = client.query({}, { onProgress: (progress) => progress.state === state && query.cancel() });
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.accept(question, 'r');
    connection.say({ type: 'progress', result: 'r', state: 'running', elapsedMs: 5 }, ...rowsMessages('r', partsOf(1)));
    await expect(query).rejects.toMatchObject({ code: 'cancelled' });
    expect(await connection.heard('cancel')).toEqual({ type: 'cancel', id: question.id });
    await heardBy(connection, client);
    expect(connection.of('query').filter(({ query: name }) => name === undefined)).toHaveLength(1);
    expect(connection.of('resume')).toHaveLength(0);
  });

  test.each(['break', 'throw'])('by leaving its loop with %s', async (how) => {
    const query = tests.client().query({}, { rows: 'array' });
    const looping = (async () => {
      for await (const { rows } of query) {
        expect(rows).toEqual(partsOf(1)[0]);
        if (how === 'throw') {
          throw new Error('enough');
        }
        break;
      }
    })();
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.accept(question, 'r');
    connection.say(...rowsMessages('r', partsOf(3)));
    await (how === 'throw' ? expect(looping).rejects.toThrow('enough') : looping);
    expect(await connection.heard('cancel')).toEqual({ type: 'cancel', id: question.id });
  });

  test('by ending its iterator, also while that waits for rows', async () => {
    const loop = tests.client().query()[Symbol.asyncIterator]();
    const next = loop.next();
    const connection = await tests.server.connection();
    await connection.heard('query');
    expect(await loop.return!()).toEqual({ done: true, value: undefined });
    await expect(next).rejects.toMatchObject({ code: 'cancelled' });
    await connection.heard('cancel');
  });

  test('not once it has ended', async () => {
    const client = tests.client();
    const controller = new AbortController();
    const query = client.query({}, { rows: 'array', signal: controller.signal });
    const connection = await tests.server.connection();
    connection.answer(await connection.heard('query'), 'r', partsOf(1));
    await query;
    controller.abort();
    query.cancel();
    await heardBy(connection, client);
    expect((await query).rows).toEqual(partsOf(1).flat());
    expect(connection.of('cancel')).toEqual([]);
  });

  test('and nobody has to hear of it', async () => {
    const client = tests.client();
    const [unheard, looped, finished] = [client.query(), client.query(), client.query()];
    const loop = looped[Symbol.asyncIterator]();
    void loop.next();
    finished.finally(() => undefined).catch(() => undefined);
    await (await tests.server.connection()).heard('query', 2);
    [unheard, looped, finished].forEach((query) => query.cancel());
    client.close();
  });
});

describe('a slow loop', () => {
  const PARTS = partsOf(10);
  const MESSAGES = rowsMessages('r', PARTS);

  test('lets more come when it has room, so that no more wait than its window', async () => {
    const loop = tests.client().query({}, { rows: 'array', window: 4 })[Symbol.asyncIterator]();
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    expect(question.options.window).toBe(4);
    connection.accept(question, 'r');
    connection.say(...MESSAGES.slice(0, 4));
    await loop.next();
    expect(connection.of('more')).toEqual([]);
    await loop.next();
    expect(await connection.heard('more', 0)).toEqual({ type: 'more', result: 'r', credit: 2 });
    connection.say(...MESSAGES.slice(4, 6));
    for (let part = 2; part < 6; part += 1) {
      expect((await loop.next()).value?.rows).toEqual(PARTS[part]);
    }
    expect(await connection.heard('more', 2)).toEqual({ type: 'more', result: 'r', credit: 2 });
    connection.say(...MESSAGES.slice(6), complete(question, 'r', PARTS));
    for (let part = 6; part < 10; part += 1) {
      expect((await loop.next()).value?.rows).toEqual(PARTS[part]);
    }
    expect(await loop.next()).toEqual({ done: true, value: undefined });
  });

  test('has a window without asking for one; an answer that is awaited has none', async () => {
    const client = tests.client();
    client.query('loop')[Symbol.asyncIterator]();
    void client.query('whole').catch(() => undefined);
    const connection = await tests.server.connection();
    expect((await connection.heard('query', 0)).options).toEqual({ window: 16, encodings: ['gzip'] });
    expect((await connection.heard('query', 1)).options).toEqual({ encodings: ['gzip'] });
  });

  test('that the service gave up on is resumed when it goes on', async () => {
    const client = tests.client();
    const loop = client.query({}, { rows: 'array', window: 2 })[Symbol.asyncIterator]();
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.accept(question, 'r');
    connection.say(MESSAGES[0], MESSAGES[1], { type: 'error', id: question.id, result: 'r', code: 'stalled', message: 'No more came.', retryable: true });
    await heardBy(connection, client);
    expect(connection.of('resume')).toEqual([]);
    expect((await loop.next()).value?.rows).toEqual(PARTS[0]);
    expect((await loop.next()).value?.rows).toEqual(PARTS[1]);
    const rest = loop.next();
    const resume = await connection.heard('resume');
    expect(resume).toMatchObject({ result: 'r', after: 1, options: { window: 2 } });
    connection.accept(resume, 'r');
    connection.say(MESSAGES[2], complete(resume, 'r', PARTS.slice(0, 3)));
    expect((await rest).value?.rows).toEqual(PARTS[2]);
    expect((await loop.next()).done).toBe(true);
  });

  test('keeps no connection open while nothing comes for it', async () => {
    const client = tests.client();
    const loop = client.query({}, { rows: 'array', window: 1 })[Symbol.asyncIterator]();
    const first = await tests.server.connection(0);
    const question = await first.heard('query');
    first.accept(question, 'r');
    first.say(MESSAGES[0], { type: 'error', id: question.id, result: 'r', code: 'stalled', message: 'No more came.', retryable: true });
    await heardBy(first, client);
    tests.clock.advance(60_000);
    await first.closed();
    await loop.next();
    const second = await tests.server.connection(1);
    const resume = await second.heard('resume');
    second.accept(resume, 'r');
    second.say(MESSAGES[1], complete(resume, 'r', PARTS.slice(0, 2)));
    expect((await loop.next()).value?.rows).toEqual(PARTS[1]);
    expect((await loop.next()).done).toBe(true);
  });

  test('holds up no other query of the same result, and gets all its rows later', async () => {
    const client = tests.client();
    const slow = client.query({}, { rows: 'array', window: 2 })[Symbol.asyncIterator]();
    const fast = client.query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const [one, other] = [await connection.heard('query', 0), await connection.heard('query', 1)];
    connection.accept(one, 'r');
    connection.accept(other, 'r');
    connection.say(...MESSAGES, complete(other, 'r', PARTS));
    expect((await fast).rows).toEqual(PARTS.flat());
    expect((await slow.next()).value?.rows).toEqual(PARTS[0]);
    expect((await slow.next()).value?.rows).toEqual(PARTS[1]);
    const resume = await connection.heard('resume');
    expect(resume).toMatchObject({ after: 1, options: { window: 2 } });
    expect(connection.of('cancel')).toEqual([{ type: 'cancel', id: one.id }]);
    connection.accept(resume, 'r');
    for (let part = 2; part < 10; part += 1) {
      connection.say(MESSAGES[part]);
      expect((await slow.next()).value?.rows).toEqual(PARTS[part]);
    }
    connection.say(complete(resume, 'r', PARTS));
    expect((await slow.next()).done).toBe(true);
  });

  test('that becomes an answer to await gets the rest at once', async () => {
    const client = tests.client();
    const { onProgress, atLeast } = rowsCounted();
    const query = client.query({}, { rows: 'array', window: 2, onProgress });
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.accept(question, 'r');
    connection.say(...MESSAGES.slice(0, 2));
    await atLeast(4);
    expect(connection.of('more')).toEqual([]);
    const answer = query.then(({ rows }) => rows);
    expect(await connection.heard('more')).toEqual({ type: 'more', result: 'r', credit: 2 });
    connection.say(MESSAGES[2], complete(question, 'r', PARTS.slice(0, 3)));
    expect(await answer).toEqual(PARTS.slice(0, 3).flat());
  });
});

import type { Query } from '../../../src/client';
import { waitUntilReceived, countRows, useClientTests } from '../support/client-test';
import { complete, createParts, rowsMessages } from '../support/scripted-server';

const tests = useClientTests();

describe('canceling a query', () => {
  it('rejects with the reason of the signal when the signal aborts', async () => {
    const client = tests.client();
    const controller = new AbortController();
    const query = client.query({}, { signal: controller.signal });
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.accept(request, 'r');
    await waitUntilReceived(connection, client);
    controller.abort();
    await expect(query).rejects.toMatchObject({ name: 'AbortError' });
    expect(await connection.received('cancel')).toEqual({ type: 'cancel', id: request.id });
    connection.send(...rowsMessages('r', createParts(1)), { type: 'error', id: request.id, result: 'r', code: 'cancelled', message: '', retryable: true });
    await waitUntilReceived(connection, client);
    expect(connection.ofType('cancel')).toHaveLength(1);
  });

  it('sends no query when it is canceled before it is submitted', async () => {
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

  it('sends cancel again when the service accepts the query after it was canceled', async () => {
    const client = tests.client();
    const query = client.query();
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    query.cancel();
    query.cancel();
    await expect(query).rejects.toMatchObject({ name: 'QueryError', code: 'cancelled' });
    await connection.received('cancel', 0);
    connection.send({ type: 'error', id: request.id, code: 'unknown_id', message: 'No such query.', retryable: false });
    connection.accept(request, 'r');
    expect(await connection.received('cancel', 1)).toEqual({ type: 'cancel', id: request.id });
    connection.accept(request, 'r');
    await waitUntilReceived(connection, client);
    expect(connection.ofType('cancel')).toHaveLength(2);
  });

  it.each(['submitted', 'accepted', 'running', 'receiving'])('does not submit the query again when onProgress cancels it in the state %s', async (state) => {
    const client = tests.client();
    const query: Query<unknown> = client.query({}, { onProgress: (progress) => progress.state === state && query.cancel() });
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.accept(request, 'r');
    connection.send({ type: 'progress', result: 'r', state: 'running', elapsedMs: 5 }, ...rowsMessages('r', createParts(1)));
    await expect(query).rejects.toMatchObject({ code: 'cancelled' });
    expect(await connection.received('cancel')).toEqual({ type: 'cancel', id: request.id });
    await waitUntilReceived(connection, client);
    expect(connection.ofType('query').filter(({ query: name }) => name === undefined)).toHaveLength(1);
    expect(connection.ofType('resume')).toHaveLength(0);
  });

  it.each(['break', 'throw'])('cancels the query when the caller leaves the loop with %s', async (how) => {
    const query = tests.client().query({}, { rows: 'array' });
    const looping = (async () => {
      for await (const { rows } of query) {
        expect(rows).toEqual(createParts(1)[0]);
        if (how === 'throw') {
          throw new Error('enough');
        }
        break;
      }
    })();
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.accept(request, 'r');
    connection.send(...rowsMessages('r', createParts(3)));
    await (how === 'throw' ? expect(looping).rejects.toThrow('enough') : looping);
    expect(await connection.received('cancel')).toEqual({ type: 'cancel', id: request.id });
  });

  it('cancels the query when its iterator returns, even while it waits for rows', async () => {
    const loop = tests.client().query()[Symbol.asyncIterator]();
    const next = loop.next();
    const connection = await tests.server.connection();
    await connection.received('query');
    expect(await loop.return!()).toEqual({ done: true, value: undefined });
    await expect(next).rejects.toMatchObject({ code: 'cancelled' });
    await connection.received('cancel');
  });

  it('has no effect when the query has ended', async () => {
    const client = tests.client();
    const controller = new AbortController();
    const query = client.query({}, { rows: 'array', signal: controller.signal });
    const connection = await tests.server.connection();
    connection.sendResult(await connection.received('query'), 'r', createParts(1));
    await query;
    controller.abort();
    query.cancel();
    await waitUntilReceived(connection, client);
    expect((await query).rows).toEqual(createParts(1).flat());
    expect(connection.ofType('cancel')).toEqual([]);
  });

  it('causes no unhandled rejection when the caller ignores the query', async () => {
    const client = tests.client();
    const [ignored, looped, finished] = [client.query(), client.query(), client.query()];
    const loop = looped[Symbol.asyncIterator]();
    void loop.next();
    finished.finally(() => undefined).catch(() => undefined);
    await (await tests.server.connection()).received('query', 2);
    [ignored, looped, finished].forEach((query) => query.cancel());
    client.close();
  });
});

describe('iterating slowly', () => {
  const PARTS = createParts(10);
  const MESSAGES = rowsMessages('r', PARTS);

  it('sends credit when the buffer has room, so that it never exceeds the window', async () => {
    const loop = tests.client().query({}, { rows: 'array', window: 4 })[Symbol.asyncIterator]();
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    expect(request.options.window).toBe(4);
    connection.accept(request, 'r');
    connection.send(...MESSAGES.slice(0, 4));
    await loop.next();
    expect(connection.ofType('more')).toEqual([]);
    await loop.next();
    expect(await connection.received('more', 0)).toEqual({ type: 'more', result: 'r', credit: 2 });
    connection.send(...MESSAGES.slice(4, 6));
    for (let part = 2; part < 6; part += 1) {
      expect((await loop.next()).value?.rows).toEqual(PARTS[part]);
    }
    expect(await connection.received('more', 2)).toEqual({ type: 'more', result: 'r', credit: 2 });
    connection.send(...MESSAGES.slice(6), complete(request, 'r', PARTS));
    for (let part = 6; part < 10; part += 1) {
      expect((await loop.next()).value?.rows).toEqual(PARTS[part]);
    }
    expect(await loop.next()).toEqual({ done: true, value: undefined });
  });

  it('has a default window when the caller iterates, and none when the caller awaits', async () => {
    const client = tests.client();
    client.query('loop')[Symbol.asyncIterator]();
    void client.query('whole').catch(() => undefined);
    const connection = await tests.server.connection();
    expect((await connection.received('query', 0)).options).toEqual({ window: 16, encodings: ['gzip'] });
    expect((await connection.received('query', 1)).options).toEqual({ encodings: ['gzip'] });
  });

  it('resumes when the caller reads on after the service stalled', async () => {
    const client = tests.client();
    const loop = client.query({}, { rows: 'array', window: 2 })[Symbol.asyncIterator]();
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.accept(request, 'r');
    connection.send(MESSAGES[0], MESSAGES[1], { type: 'error', id: request.id, result: 'r', code: 'stalled', message: 'No more came.', retryable: true });
    await waitUntilReceived(connection, client);
    expect(connection.ofType('resume')).toEqual([]);
    expect((await loop.next()).value?.rows).toEqual(PARTS[0]);
    expect((await loop.next()).value?.rows).toEqual(PARTS[1]);
    const rest = loop.next();
    const resume = await connection.received('resume');
    expect(resume).toMatchObject({ result: 'r', after: 1, options: { window: 2 } });
    connection.accept(resume, 'r');
    connection.send(MESSAGES[2], complete(resume, 'r', PARTS.slice(0, 3)));
    expect((await rest).value?.rows).toEqual(PARTS[2]);
    expect((await loop.next()).done).toBe(true);
  });

  it('closes the idle connection while the caller reads no rows', async () => {
    const client = tests.client();
    const loop = client.query({}, { rows: 'array', window: 1 })[Symbol.asyncIterator]();
    const first = await tests.server.connection(0);
    const request = await first.received('query');
    first.accept(request, 'r');
    first.send(MESSAGES[0], { type: 'error', id: request.id, result: 'r', code: 'stalled', message: 'No more came.', retryable: true });
    await waitUntilReceived(first, client);
    tests.clock.advance(60_000);
    await first.closed();
    await loop.next();
    const second = await tests.server.connection(1);
    const resume = await second.received('resume');
    second.accept(resume, 'r');
    second.send(MESSAGES[1], complete(resume, 'r', PARTS.slice(0, 2)));
    expect((await loop.next()).value?.rows).toEqual(PARTS[1]);
    expect((await loop.next()).done).toBe(true);
  });

  it('does not delay another query of the same result, and returns all rows later', async () => {
    const client = tests.client();
    const slow = client.query({}, { rows: 'array', window: 2 })[Symbol.asyncIterator]();
    const fast = client.query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const [one, other] = [await connection.received('query', 0), await connection.received('query', 1)];
    connection.accept(one, 'r');
    connection.accept(other, 'r');
    connection.send(...MESSAGES, complete(other, 'r', PARTS));
    expect((await fast).rows).toEqual(PARTS.flat());
    expect((await slow.next()).value?.rows).toEqual(PARTS[0]);
    expect((await slow.next()).value?.rows).toEqual(PARTS[1]);
    const resume = await connection.received('resume');
    expect(resume).toMatchObject({ after: 1, options: { window: 2 } });
    expect(connection.ofType('cancel')).toEqual([{ type: 'cancel', id: one.id }]);
    connection.accept(resume, 'r');
    for (let part = 2; part < 10; part += 1) {
      connection.send(MESSAGES[part]);
      expect((await slow.next()).value?.rows).toEqual(PARTS[part]);
    }
    connection.send(complete(resume, 'r', PARTS));
    expect((await slow.next()).done).toBe(true);
  });

  it('receives the remaining rows at once when the caller awaits the query', async () => {
    const client = tests.client();
    const { onProgress, atLeast } = countRows();
    const query = client.query({}, { rows: 'array', window: 2, onProgress });
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.accept(request, 'r');
    connection.send(...MESSAGES.slice(0, 2));
    await atLeast(4);
    expect(connection.ofType('more')).toEqual([]);
    const result = query.then(({ rows }) => rows);
    expect(await connection.received('more')).toEqual({ type: 'more', result: 'r', credit: 2 });
    connection.send(MESSAGES[2], complete(request, 'r', PARTS.slice(0, 3)));
    expect(await result).toEqual(PARTS.slice(0, 3).flat());
  });
});

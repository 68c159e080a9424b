import type { Client } from '../../../src/client';
import { waitUntilReceived, countRows, waitForState, useClientTests } from '../support/client-test';
import { complete, createBatch, createParts, rowsMessages } from '../support/scripted-server';
import type { ScriptedConnection } from '../support/scripted-server';

const tests = useClientTests();
const PARTS = createParts(3);
const MESSAGES = rowsMessages('r', PARTS);
const MINUTE_MS = 60_000;
const PING_MS = 4 * MINUTE_MS;

/** The age at which a connection is replaced, if `random` returns 0.5. */
const AGE_MS = 105 * MINUTE_MS;

/** Drops a connection, and waits for the next one. */
async function dropped(client: Client, connection: ScriptedConnection): Promise<ScriptedConnection> {
  const next = tests.server.connections.length;
  connection.drop();
  await waitForState(client, 'waiting');
  tests.clock.advance(30_000);
  return tests.server.connection(next);
}

describe('a lost connection', () => {
  it('resumes accepted queries and submits the others again, without lost or duplicated rows', async () => {
    const client = tests.client();
    const { onProgress, atLeast } = countRows();
    const [accepted, unaccepted] = [client.query('a', {}, { rows: 'array', onProgress }), client.query('b', {}, { rows: 'array', maxAge: 5 })];
    const first = await tests.server.connection(0);
    first.accept(await first.received('query', 0), 'r');
    await first.received('query', 1);
    first.send(...MESSAGES.slice(0, 2));
    await atLeast(4);
    const second = await dropped(client, first);
    const resume = await second.received('resume');
    expect(resume).toEqual({ type: 'resume', id: '3', result: 'r', after: 1, options: { encodings: ['gzip'] } });
    const again = await second.received('query');
    expect(again).toEqual({ type: 'query', id: '4', query: 'b', parameters: {}, options: { maxAge: 5, encodings: ['gzip'] } });
    second.accept(resume, 'r');
    second.send(...MESSAGES.slice(1), complete(resume, 'r', PARTS));
    second.sendResult(again, 's', createParts(1));
    expect((await accepted).rows).toEqual(PARTS.flat());
    expect((await unaccepted).rows).toEqual(createParts(1).flat());
  });

  it('submits the query again when the result has expired and no rows were read', async () => {
    const client = tests.client();
    const { onProgress, atLeast } = countRows();
    const query = client.query({}, { rows: 'array', onProgress });
    const first = await tests.server.connection(0);
    first.accept(await first.received('query'), 'r');
    first.send(...MESSAGES.slice(0, 2));
    await atLeast(4);
    const second = await dropped(client, first);
    const { id } = await second.received('resume');
    second.send({ type: 'error', id, code: 'result_expired', message: 'Gone.', retryable: false });
    second.sendResult(await second.received('query'), 's', createParts(2, 1));
    expect((await query).rows).toEqual(createParts(2, 1).flat());
  });

  it('rejects when the result has expired and rows were read', async () => {
    const client = tests.client();
    const loop = client.query({}, { rows: 'array' })[Symbol.asyncIterator]();
    const first = await tests.server.connection(0);
    first.accept(await first.received('query'), 'r');
    first.send(MESSAGES[0]);
    expect((await loop.next()).value?.rows).toEqual(PARTS[0]);
    const second = await dropped(client, first);
    const { id } = await second.received('resume');
    second.send({ type: 'error', id, code: 'result_expired', message: 'Gone.', retryable: false });
    await expect(loop.next()).rejects.toMatchObject({ code: 'result_expired', retryable: true, message: expect.stringContaining('has read 2 rows') });
  });

  it('rejects without an attempt when the service rejects new connections', async () => {
    const client = tests.client();
    const query = client.query();
    const first = await tests.server.connection(0);
    await first.received('query');
    first.send({ type: 'bye', reason: 'token expired', retryable: false });
    await expect(query).rejects.toMatchObject({ code: 'rejected', retryable: false, message: expect.stringContaining('token expired') });
    expect(client.state).toEqual({ name: 'idle' });
  });

  it('rejects when every connection is lost before a message arrives', async () => {
    const client = tests.client({ maxAttempts: 3 });
    const query = client.query();
    const failed = query.catch(({ code }) => code);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const connection = await tests.server.connection(attempt);
      await connection.received('query');
      const lost = waitForState(client, attempt < 2 ? 'waiting' : 'idle');
      connection.drop();
      await lost;
      tests.clock.advance(2000);
    }
    expect(await failed).toBe('unreachable');
  });
});

/** Advances the clock, with a server that responds to each ping. */
async function passTime(connection: ScriptedConnection, client: Client, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= PING_MS) {
    const pings = connection.ofType('ping').length;
    tests.clock.advance(Math.min(left, PING_MS));
    if (left >= PING_MS) {
      await connection.received('ping', pings);
      connection.send({ type: 'pong' });
      await waitUntilReceived(connection, client);
    }
  }
}

describe('the maximum age of a connection', () => {
  it('replaces the connection, without lost or duplicated rows', async () => {
    const client = tests.client();
    const states: string[] = [];
    client.onStateChange(({ name }) => states.push(name));
    const { onProgress, atLeast } = countRows();
    const query = client.query('a', {}, { rows: 'array', onProgress });
    const first = await tests.server.connection(0);
    first.accept(await first.received('query'), 'r');
    first.send(MESSAGES[0]);
    await atLeast(2);
    await passTime(first, client, AGE_MS - MINUTE_MS);
    tests.clock.advance(MINUTE_MS - 2000);
    const unaccepted = client.query('b', {}, { rows: 'array' });
    const late = await first.until(() => first.messages.find(({ query: name }) => name === 'b'));
    tests.clock.advance(1999);
    expect(tests.server.connections).toHaveLength(1);
    tests.clock.advance(1);
    const second = await tests.server.connection(1);
    const resume = await second.received('resume');
    expect(resume).toMatchObject({ result: 'r', after: 0 });
    expect(first.isClosed).toBe(false);
    // Both connections send messages.
    first.send(MESSAGES[1]);
    await atLeast(4);
    second.accept(resume, 'r');
    second.send(...MESSAGES.slice(1), complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
    expect(first.isClosed).toBe(false);
    first.accept(late, 's');
    const moved = await second.received('resume', 1);
    expect(moved).toMatchObject({ result: 's', after: -1 });
    second.sendResult(moved, 's', createParts(1));
    expect((await unaccepted).rows).toEqual(createParts(1).flat());
    await first.closed();
    expect(tests.server.connections).toHaveLength(2);
    expect(states).toEqual(['connecting', 'connected']);
  });

  it('closes the connection when no query is in flight', async () => {
    const client = tests.client({ idleTimeout: 2 * AGE_MS });
    client.connect();
    const first = await tests.server.connection(0);
    await waitForState(client, 'connected');
    await passTime(first, client, AGE_MS);
    await first.closed();
    expect(client.state.name).toBe('idle');
  });

  it('retries while the previous connection continues when an attempt fails', async () => {
    const client = tests.client();
    const query = client.query();
    const first = await tests.server.connection(0);
    first.accept(await first.received('query'), 'r');
    tests.server.acceptsConnections = false;
    await waitUntilReceived(first, client);
    await passTime(first, client, AGE_MS);
    await tests.server.until(() => (tests.server.rejectedConnections > 0 ? true : undefined));
    tests.server.acceptsConnections = true;
    await waitUntilReceived(first, client);
    tests.clock.advance(2000);
    const second = await tests.server.connection(1);
    second.sendResult(await second.received('resume'), 'r', []);
    await query;
    await first.closed();
  });
});

describe('rows', () => {
  it('are ignored when they are duplicates or belong to other results', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.accept(request, 'r');
    connection.send(MESSAGES[0], MESSAGES[1], MESSAGES[0], MESSAGES[1], ...rowsMessages('other', createParts(3)), MESSAGES[2], MESSAGES[2]);
    connection.accept(request, 'r');
    connection.send({ type: 'complete', id: '99', result: 'r' }, complete({ id: '99' }, 'r', PARTS), complete(request, 'r', PARTS), complete(request, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
  });

  it('are delivered once to each query of the same result', async () => {
    const client = tests.client();
    const [one, other] = [client.query({}, { rows: 'array' }), client.query({}, { rows: 'array' })];
    const connection = await tests.server.connection();
    const [first, second] = [await connection.received('query', 0), await connection.received('query', 1)];
    connection.accept(first, 'r');
    connection.send(MESSAGES[0], MESSAGES[1]);
    connection.accept(second, 'r');
    connection.send(MESSAGES[0], MESSAGES[2], MESSAGES[1], complete(first, 'r', PARTS), MESSAGES[2], complete(second, 'r', PARTS));
    expect((await one).rows).toEqual(PARTS.flat());
    expect((await other).rows).toEqual(PARTS.flat());
  });

  it('are requested again when the terminal message arrives before them', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.accept(request, 'r');
    connection.send(MESSAGES[0], MESSAGES[2], complete(request, 'r', PARTS));
    const resume = await connection.received('resume');
    expect(resume).toMatchObject({ result: 'r', after: 0 });
    connection.accept(resume, 'r');
    connection.send(MESSAGES[1], MESSAGES[2], complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
  });

  it('are decompressed in order, without delaying other results', async () => {
    const client = tests.client();
    const [one, other] = [client.query('a', {}, { rows: 'array' }), client.query('b', {}, { rows: 'array' })];
    const connection = await tests.server.connection();
    const [first, second] = [await connection.received('query', 0), await connection.received('query', 1)];
    const ended: string[] = [];
    void one.then(() => ended.push('one'));
    void other.then(() => ended.push('other'));
    connection.accept(first, 'r');
    connection.accept(second, 's');
    connection.send(createBatch(MESSAGES.slice(0, 2)), createBatch(MESSAGES.slice(1)), complete(first, 'r', PARTS), ...rowsMessages('s', PARTS), complete(second, 's', PARTS));
    expect((await one).rows).toEqual(PARTS.flat());
    expect((await other).rows).toEqual(PARTS.flat());
    expect(ended).toEqual(['other', 'one']);
  });

  it('are not compressed when the option compression is false', async () => {
    void tests.client({ compression: false }).query();
    expect((await (await tests.server.connection()).received('query')).options).toEqual({});
  });

  it('are not compressed when a service of an earlier version rejects compression', async () => {
    const client = tests.client();
    const queries = [client.query(), client.query()];
    const connection = await tests.server.connection();
    for (const index of [0, 1]) {
      const { id } = await connection.received('query', index);
      connection.send({ type: 'error', id, code: 'unknown_field', message: 'The field "options.encodings" is not known.', retryable: false });
    }
    for (const index of [2, 3]) {
      const again = await connection.received('query', index);
      expect(again.options).toEqual({});
      connection.sendResult(again, `r${index}`, []);
    }
    await Promise.all(queries);
  });
});

import { complete, packed, partsOf, rowsMessages } from './scripted-server';
import type { ScriptedConnection } from './scripted-server';
import { heardBy, rowsCounted, stateOf, useClientTests } from './use-client';
import type { Client } from '../../src/client';

const tests = useClientTests();
const PARTS = partsOf(3);
const MESSAGES = rowsMessages('r', PARTS);
const MINUTE_MS = 60_000;
const PING_MS = 4 * MINUTE_MS;

/** The age at which a connection is replaced, where chance is in the middle. */
const AGE_MS = 105 * MINUTE_MS;

/** Drops a connection, and waits for the one that takes its place. */
async function dropped(client: Client, connection: ScriptedConnection): Promise<ScriptedConnection> {
  const next = tests.server.connections.length;
  connection.drop();
  await stateOf(client, 'waiting');
  tests.clock.advance(30_000);
  return tests.server.connection(next);
}

describe('a lost connection', () => {
  test('loses no row and doubles none: what was accepted is resumed, what was not is asked again', async () => {
    const client = tests.client();
    const { onProgress, atLeast } = rowsCounted();
    const [accepted, unheard] = [client.query('a', {}, { rows: 'array', onProgress }), client.query('b', {}, { rows: 'array', maxAge: 5 })];
    const first = await tests.server.connection(0);
    first.accept(await first.heard('query', 0), 'r');
    await first.heard('query', 1);
    first.say(...MESSAGES.slice(0, 2));
    await atLeast(4);
    const second = await dropped(client, first);
    const resume = await second.heard('resume');
    expect(resume).toEqual({ type: 'resume', id: '3', result: 'r', after: 1, options: { encodings: ['gzip'] } });
    const again = await second.heard('query');
    expect(again).toEqual({ type: 'query', id: '4', query: 'b', parameters: {}, options: { maxAge: 5, encodings: ['gzip'] } });
    second.accept(resume, 'r');
    second.say(...MESSAGES.slice(1), complete(resume, 'r', PARTS));
    second.answer(again, 's', partsOf(1));
    expect((await accepted).rows).toEqual(PARTS.flat());
    expect((await unheard).rows).toEqual(partsOf(1).flat());
  });

  test('after which the result is not kept any more has the query asked anew, where nothing was handed out', async () => {
    const client = tests.client();
    const { onProgress, atLeast } = rowsCounted();
    const query = client.query({}, { rows: 'array', onProgress });
    const first = await tests.server.connection(0);
    first.accept(await first.heard('query'), 'r');
    first.say(...MESSAGES.slice(0, 2));
    await atLeast(4);
    const second = await dropped(client, first);
    const { id } = await second.heard('resume');
    second.say({ type: 'error', id, code: 'result_expired', message: 'Gone.', retryable: false });
    second.answer(await second.heard('query'), 's', partsOf(2, 1));
    expect((await query).rows).toEqual(partsOf(2, 1).flat());
  });

  test('after which the result is not kept any more is an error, where rows were handed out', async () => {
    const client = tests.client();
    const loop = client.query({}, { rows: 'array' })[Symbol.asyncIterator]();
    const first = await tests.server.connection(0);
    first.accept(await first.heard('query'), 'r');
    first.say(MESSAGES[0]);
    expect((await loop.next()).value?.rows).toEqual(PARTS[0]);
    const second = await dropped(client, first);
    const { id } = await second.heard('resume');
    second.say({ type: 'error', id, code: 'result_expired', message: 'Gone.', retryable: false });
    await expect(loop.next()).rejects.toMatchObject({ code: 'result_expired', retryable: true, message: expect.stringContaining('has read 2 rows') });
  });

  test('that the service will not open again is not opened again', async () => {
    const client = tests.client();
    const query = client.query();
    const first = await tests.server.connection(0);
    await first.heard('query');
    first.say({ type: 'bye', reason: 'token expired', retryable: false });
    await expect(query).rejects.toMatchObject({ code: 'rejected', retryable: false, message: expect.stringContaining('token expired') });
    expect(client.state).toEqual({ name: 'idle' });
  });

  test('each time before anything came ends the query at last', async () => {
    const client = tests.client({ maxAttempts: 3 });
    const query = client.query();
    const failed = query.catch(({ code }) => code);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const connection = await tests.server.connection(attempt);
      await connection.heard('query');
      const lost = stateOf(client, attempt < 2 ? 'waiting' : 'idle');
      connection.drop();
      await lost;
      tests.clock.advance(2000);
    }
    expect(await failed).toBe('unreachable');
  });
});

/** Lets time pass, with a server that answers each ping. */
async function passTime(connection: ScriptedConnection, client: Client, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= PING_MS) {
    const pings = connection.of('ping').length;
    tests.clock.advance(Math.min(left, PING_MS));
    if (left >= PING_MS) {
      await connection.heard('ping', pings);
      connection.say({ type: 'pong' });
      await heardBy(connection, client);
    }
  }
}

describe('before a connection is two hours old', () => {
  test('another takes its place, with no gap and no doubled row', async () => {
    const client = tests.client();
    const states: string[] = [];
    client.onStateChange(({ name }) => states.push(name));
    const { onProgress, atLeast } = rowsCounted();
    const query = client.query('a', {}, { rows: 'array', onProgress });
    const first = await tests.server.connection(0);
    first.accept(await first.heard('query'), 'r');
    first.say(MESSAGES[0]);
    await atLeast(2);
    await passTime(first, client, AGE_MS - MINUTE_MS);
    tests.clock.advance(MINUTE_MS - 2000);
    const unheard = client.query('b', {}, { rows: 'array' });
    const late = await first.until(() => first.messages.find(({ query: name }) => name === 'b'));
    tests.clock.advance(1999);
    expect(tests.server.connections).toHaveLength(1);
    tests.clock.advance(1);
    const second = await tests.server.connection(1);
    const resume = await second.heard('resume');
    expect(resume).toMatchObject({ result: 'r', after: 0 });
    expect(first.isClosed).toBe(false);
    // The first connection still talks, and so do both.
    first.say(MESSAGES[1]);
    await atLeast(4);
    second.accept(resume, 'r');
    second.say(...MESSAGES.slice(1), complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
    expect(first.isClosed).toBe(false);
    first.accept(late, 's');
    const moved = await second.heard('resume', 1);
    expect(moved).toMatchObject({ result: 's', after: -1 });
    second.answer(moved, 's', partsOf(1));
    expect((await unheard).rows).toEqual(partsOf(1).flat());
    await first.closed();
    expect(tests.server.connections).toHaveLength(2);
    expect(states).toEqual(['connecting', 'connected']);
  });

  test('it is closed where nothing is in flight', async () => {
    const client = tests.client({ idleTimeout: 2 * AGE_MS });
    client.connect();
    const first = await tests.server.connection(0);
    await stateOf(client, 'connected');
    await passTime(first, client, AGE_MS);
    await first.closed();
    expect(client.state.name).toBe('idle');
  });

  test('an attempt that fails is made again while the first goes on', async () => {
    const client = tests.client();
    const query = client.query();
    const first = await tests.server.connection(0);
    first.accept(await first.heard('query'), 'r');
    tests.server.isOpen = false;
    await heardBy(first, client);
    await passTime(first, client, AGE_MS);
    await tests.server.until(() => (tests.server.refused > 0 ? true : undefined));
    tests.server.isOpen = true;
    await heardBy(first, client);
    tests.clock.advance(2000);
    const second = await tests.server.connection(1);
    second.answer(await second.heard('resume'), 'r', []);
    await query;
    await first.closed();
  });
});

describe('rows', () => {
  test('that come twice or for others are ignored', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.accept(question, 'r');
    connection.say(MESSAGES[0], MESSAGES[1], MESSAGES[0], MESSAGES[1], ...rowsMessages('other', partsOf(3)), MESSAGES[2], MESSAGES[2]);
    connection.accept(question, 'r');
    connection.say({ type: 'complete', id: '99', result: 'r' }, complete({ id: '99' }, 'r', PARTS), complete(question, 'r', PARTS), complete(question, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
  });

  test('of one result go to each query that it answers, all of them once', async () => {
    const client = tests.client();
    const [one, other] = [client.query({}, { rows: 'array' }), client.query({}, { rows: 'array' })];
    const connection = await tests.server.connection();
    const [first, second] = [await connection.heard('query', 0), await connection.heard('query', 1)];
    connection.accept(first, 'r');
    connection.say(MESSAGES[0], MESSAGES[1]);
    connection.accept(second, 'r');
    connection.say(MESSAGES[0], MESSAGES[2], MESSAGES[1], complete(first, 'r', PARTS), MESSAGES[2], complete(second, 'r', PARTS));
    expect((await one).rows).toEqual(PARTS.flat());
    expect((await other).rows).toEqual(PARTS.flat());
  });

  test('that never came are asked for again at the end', async () => {
    const query = tests.client().query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.accept(question, 'r');
    connection.say(MESSAGES[0], MESSAGES[2], complete(question, 'r', PARTS));
    const resume = await connection.heard('resume');
    expect(resume).toMatchObject({ result: 'r', after: 0 });
    connection.accept(resume, 'r');
    connection.say(MESSAGES[1], MESSAGES[2], complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
  });

  test('that come compressed are unpacked in order, and hold up no other result', async () => {
    const client = tests.client();
    const [one, other] = [client.query('a', {}, { rows: 'array' }), client.query('b', {}, { rows: 'array' })];
    const connection = await tests.server.connection();
    const [first, second] = [await connection.heard('query', 0), await connection.heard('query', 1)];
    const ended: string[] = [];
    void one.then(() => ended.push('one'));
    void other.then(() => ended.push('other'));
    connection.accept(first, 'r');
    connection.accept(second, 's');
    connection.say(packed(MESSAGES.slice(0, 2)), packed(MESSAGES.slice(1)), complete(first, 'r', PARTS), ...rowsMessages('s', PARTS), complete(second, 's', PARTS));
    expect((await one).rows).toEqual(PARTS.flat());
    expect((await other).rows).toEqual(PARTS.flat());
    expect(ended).toEqual(['other', 'one']);
  });

  test('are not offered to be compressed where that is not wanted', async () => {
    void tests.client({ compression: false }).query();
    expect((await (await tests.server.connection()).heard('query')).options).toEqual({});
  });

  test('come plain from a service of an earlier version, which knows no compression', async () => {
    const client = tests.client();
    const queries = [client.query(), client.query()];
    const connection = await tests.server.connection();
    for (const index of [0, 1]) {
      const { id } = await connection.heard('query', index);
      connection.say({ type: 'error', id, code: 'unknown_field', message: 'The field "options.encodings" is not known.', retryable: false });
    }
    for (const index of [2, 3]) {
      const again = await connection.heard('query', index);
      expect(again.options).toEqual({});
      connection.answer(again, `r${index}`, []);
    }
    await Promise.all(queries);
  });
});

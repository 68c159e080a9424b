import { complete, partsOf, rowsMessages } from './scripted-server';
import type { ScriptedConnection } from './scripted-server';
import { heardBy, rowsCounted, stateOf, useClientTests } from './use-client';

const tests = useClientTests();
const PARTS = partsOf(4);
const MESSAGES = rowsMessages('r', PARTS);
const BYE = { type: 'bye', reason: 'The token expires in a minute.', retryable: true };

/** More than the age from which on a connection counts as a good one. */
const STABLE_MS = 5000;

function tokenOf({ request }: ScriptedConnection): string | undefined {
  return /redshift-query\.token\.([^,]*)/.exec(request.headers['sec-websocket-protocol'] ?? '')?.[1];
}

/** A token function that counts. */
function countedTokens(): () => string {
  let tokens = 0;
  return () => {
    tokens += 1;
    return `t${tokens}`;
  };
}

/** Lets time pass in steps that are too small for a client to lose patience with a server of this process. */
async function timePasses(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await new Promise((resolve) => setImmediate(resolve));
    tests.clock.advance(25);
  }
}

describe('when the service says bye', () => {
  test('queries move to another connection with a fresh token, while the old one goes on; no row is lost or doubled', async () => {
    const client = tests.client({ token: countedTokens() });
    const states: string[] = [];
    const { onProgress, atLeast } = rowsCounted();
    const query = client.query('a', {}, { rows: 'array', onProgress });
    const first = await tests.server.connection(0);
    first.accept(await first.heard('query', 0), 'r');
    first.say(MESSAGES[0]);
    await atLeast(2);
    tests.clock.advance(STABLE_MS);
    client.onStateChange(({ name }) => states.push(name));
    first.say(BYE);
    const second = await tests.server.connection(1);
    expect([tokenOf(first), tokenOf(second)]).toEqual(['t1', 't2']);
    const resume = await second.heard('resume');
    expect(resume).toMatchObject({ result: 'r', after: 0 });
    // The old connection goes on until the new one has taken over.
    first.say(MESSAGES[1], MESSAGES[2]);
    await atLeast(6);
    expect(first.isClosed).toBe(false);
    second.accept(resume, 'r');
    await first.closed();
    second.say(...MESSAGES.slice(1), complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
    expect(states).toEqual([]);
    expect(first.of('cancel')).toEqual([]);
    expect(tests.server.connections).toHaveLength(2);
  });

  test('a question that was not accepted yet may still be, on the old connection', async () => {
    const client = tests.client();
    const query = client.query('a', {}, { rows: 'array' });
    const first = await tests.server.connection(0);
    const question = await first.heard('query');
    tests.clock.advance(STABLE_MS);
    first.say(BYE);
    const second = await tests.server.connection(1);
    first.accept(question, 'r');
    const resume = await second.heard('resume');
    expect(first.isClosed).toBe(false);
    second.answer(resume, 'r', PARTS);
    expect((await query).rows).toEqual(PARTS.flat());
    await first.closed();
  });

  test('twice, nothing happens that would not have happened', async () => {
    const client = tests.client();
    const query = client.query('a', {}, { rows: 'array' });
    const first = await tests.server.connection(0);
    first.accept(await first.heard('query'), 'r');
    await heardBy(first, client);
    tests.clock.advance(STABLE_MS);
    first.say(BYE, BYE, BYE);
    const second = await tests.server.connection(1);
    const resume = await second.heard('resume');
    first.say(BYE, MESSAGES[0]);
    second.accept(resume, 'r');
    await first.closed();
    second.say(...MESSAGES, complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
    expect(tests.server.connections).toHaveLength(2);
  });

  test('on a connection with nothing in flight, it is closed, and the next query opens another', async () => {
    const client = tests.client();
    client.connect();
    const first = await tests.server.connection(0);
    await heardBy(first, client);
    tests.clock.advance(STABLE_MS);
    first.say(BYE);
    await first.closed();
    expect(client.state).toEqual({ name: 'idle' });
    const query = client.query();
    const second = await tests.server.connection(1);
    second.answer(await second.heard('query'), 'r', []);
    await query;
  });

  test('on a connection that is to be kept, another takes its place', async () => {
    const client = tests.client({ idleTimeout: Infinity });
    const first = await tests.server.connection(0);
    await heardBy(first, client);
    tests.clock.advance(STABLE_MS);
    first.say(BYE);
    await tests.server.connection(1);
    await first.closed();
    expect(client.state).toEqual({ name: 'connected' });
  });

  test('and another connection cannot be opened, it is tried again while the old one goes on', async () => {
    const client = tests.client({ maxAttempts: 10 });
    const { onProgress, atLeast } = rowsCounted();
    const query = client.query('a', {}, { rows: 'array', onProgress });
    const first = await tests.server.connection(0);
    first.accept(await first.heard('query'), 'r');
    await heardBy(first, client);
    tests.clock.advance(STABLE_MS);
    tests.server.isOpen = false;
    first.say(BYE);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await tests.server.until(() => (tests.server.refused === attempt ? true : undefined));
      first.say(MESSAGES[attempt - 1]);
      await atLeast(2 * attempt);
      tests.server.isOpen = attempt === 3;
      await timePasses(() => tests.server.refused + tests.server.connections.length > attempt + 1);
    }
    expect(client.state.name).toBe('connected');
    const second = await tests.server.connection(1);
    const resume = await second.heard('resume');
    expect(resume).toMatchObject({ after: 2 });
    second.accept(resume, 'r');
    second.say(MESSAGES[3], complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
  });

  test('and is gone before another connection stands, it goes on as after any loss', async () => {
    const client = tests.client();
    const query = client.query('a', {}, { rows: 'array' });
    const first = await tests.server.connection(0);
    first.accept(await first.heard('query'), 'r');
    await heardBy(first, client);
    tests.clock.advance(STABLE_MS);
    tests.server.isOpen = false;
    first.say(BYE);
    await tests.server.until(() => (tests.server.refused === 1 ? true : undefined));
    first.close();
    await stateOf(client, 'waiting');
    tests.server.isOpen = true;
    tests.clock.advance(30_000);
    const second = await tests.server.connection(1);
    second.answer(await second.heard('resume'), 'r', PARTS);
    expect((await query).rows).toEqual(PARTS.flat());
  });

  test('on each new connection at once, the attempts come later and later, and end', async () => {
    const client = tests.client({ maxAttempts: 4 });
    const failed = client.query().catch(({ code }) => code);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const connection = await tests.server.connection(attempt);
      await connection.heard('query');
      connection.say(BYE);
      connection.close();
      await stateOf(client, attempt < 3 ? 'waiting' : 'idle');
      expect(tests.server.connections).toHaveLength(attempt + 1);
      tests.clock.advance(30_000);
    }
    expect(await failed).toBe('unreachable');
  });

  test('and the caller may have no more queries in flight, the old query makes room for its successor', async () => {
    const client = tests.client();
    const query = client.query('a', {}, { rows: 'array' });
    const first = await tests.server.connection(0);
    const { id } = await first.heard('query');
    first.accept({ id }, 'r');
    await heardBy(first, client);
    tests.clock.advance(STABLE_MS);
    first.say(BYE);
    const second = await tests.server.connection(1);
    const refused = await second.heard('resume', 0);
    second.say({ type: 'error', id: refused.id, code: 'too_many_queries', message: 'At most 1.', retryable: true, limit: 1 });
    expect(await first.heard('cancel')).toEqual({ type: 'cancel', id });
    await first.closed();
    tests.clock.advance(1000);
    const resume = await second.heard('resume', 1);
    second.answer(resume, 'r', PARTS);
    expect((await query).rows).toEqual(PARTS.flat());
  });
});

import { waitUntilReceived, countRows, waitForState, useClientTests } from '../support/client-test';
import { complete, createParts, rowsMessages } from '../support/scripted-server';
import type { ScriptedConnection } from '../support/scripted-server';

const tests = useClientTests();
const PARTS = createParts(4);
const MESSAGES = rowsMessages('r', PARTS);
const BYE = { type: 'bye', reason: 'The token expires in a minute.', retryable: true };

/** Longer than the minimum age of a stable connection. */
const STABLE_MS = 5000;

function tokenOf({ request }: ScriptedConnection): string | undefined {
  return /redshift-query\.token\.([^,]*)/.exec(request.headers['sec-websocket-protocol'] ?? '')?.[1];
}

/** A token function that returns a different token for each call. */
function countedTokens(): () => string {
  let tokens = 0;
  return () => {
    tokens += 1;
    return `t${tokens}`;
  };
}

/** Advances the clock in steps that are shorter than the timeouts of the client. */
async function timePasses(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await new Promise((resolve) => setImmediate(resolve));
    tests.clock.advance(25);
  }
}

describe('a going-away notice', () => {
  it('moves queries to another connection with a new token, without lost or duplicated rows', async () => {
    const client = tests.client({ token: countedTokens() });
    const states: string[] = [];
    const { onProgress, atLeast } = countRows();
    const query = client.query('a', {}, { rows: 'array', onProgress });
    const first = await tests.server.connection(0);
    first.accept(await first.received('query', 0), 'r');
    first.send(MESSAGES[0]);
    await atLeast(2);
    tests.clock.advance(STABLE_MS);
    client.onStateChange(({ name }) => states.push(name));
    first.send(BYE);
    const second = await tests.server.connection(1);
    expect([tokenOf(first), tokenOf(second)]).toEqual(['t1', 't2']);
    const resume = await second.received('resume');
    expect(resume).toMatchObject({ result: 'r', after: 0 });
    // The previous connection continues until the query is accepted on the new one.
    first.send(MESSAGES[1], MESSAGES[2]);
    await atLeast(6);
    expect(first.isClosed).toBe(false);
    second.accept(resume, 'r');
    await first.closed();
    second.send(...MESSAGES.slice(1), complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
    expect(states).toEqual([]);
    expect(first.ofType('cancel')).toEqual([]);
    expect(tests.server.connections).toHaveLength(2);
  });

  it('lets the previous connection accept a query that was not accepted', async () => {
    const client = tests.client();
    const query = client.query('a', {}, { rows: 'array' });
    const first = await tests.server.connection(0);
    const request = await first.received('query');
    tests.clock.advance(STABLE_MS);
    first.send(BYE);
    const second = await tests.server.connection(1);
    first.accept(request, 'r');
    const resume = await second.received('resume');
    expect(first.isClosed).toBe(false);
    second.sendResult(resume, 'r', PARTS);
    expect((await query).rows).toEqual(PARTS.flat());
    await first.closed();
  });

  it('has no further effect when it is received twice', async () => {
    const client = tests.client();
    const query = client.query('a', {}, { rows: 'array' });
    const first = await tests.server.connection(0);
    first.accept(await first.received('query'), 'r');
    await waitUntilReceived(first, client);
    tests.clock.advance(STABLE_MS);
    first.send(BYE, BYE, BYE);
    const second = await tests.server.connection(1);
    const resume = await second.received('resume');
    first.send(BYE, MESSAGES[0]);
    second.accept(resume, 'r');
    await first.closed();
    second.send(...MESSAGES, complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
    expect(tests.server.connections).toHaveLength(2);
  });

  it('closes an idle connection, and the next query opens another', async () => {
    const client = tests.client();
    client.connect();
    const first = await tests.server.connection(0);
    await waitUntilReceived(first, client);
    tests.clock.advance(STABLE_MS);
    first.send(BYE);
    await first.closed();
    expect(client.state).toEqual({ name: 'idle' });
    const query = client.query();
    const second = await tests.server.connection(1);
    second.sendResult(await second.received('query'), 'r', []);
    await query;
  });

  it('replaces the connection when the idle timeout is Infinity', async () => {
    const client = tests.client({ idleTimeout: Infinity });
    const first = await tests.server.connection(0);
    await waitUntilReceived(first, client);
    tests.clock.advance(STABLE_MS);
    first.send(BYE);
    await tests.server.connection(1);
    await first.closed();
    expect(client.state).toEqual({ name: 'connected' });
  });

  it('retries while the previous connection continues when another connection fails to open', async () => {
    const client = tests.client({ maxAttempts: 10 });
    const { onProgress, atLeast } = countRows();
    const query = client.query('a', {}, { rows: 'array', onProgress });
    const first = await tests.server.connection(0);
    first.accept(await first.received('query'), 'r');
    await waitUntilReceived(first, client);
    tests.clock.advance(STABLE_MS);
    tests.server.acceptsConnections = false;
    first.send(BYE);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await tests.server.until(() => (tests.server.rejectedConnections === attempt ? true : undefined));
      first.send(MESSAGES[attempt - 1]);
      await atLeast(2 * attempt);
      tests.server.acceptsConnections = attempt === 3;
      await timePasses(() => tests.server.rejectedConnections + tests.server.connections.length > attempt + 1);
    }
    expect(client.state.name).toBe('connected');
    const second = await tests.server.connection(1);
    const resume = await second.received('resume');
    expect(resume).toMatchObject({ after: 2 });
    second.accept(resume, 'r');
    second.send(MESSAGES[3], complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
  });

  it('resumes the queries when the previous connection closes before another is open', async () => {
    const client = tests.client();
    const query = client.query('a', {}, { rows: 'array' });
    const first = await tests.server.connection(0);
    first.accept(await first.received('query'), 'r');
    await waitUntilReceived(first, client);
    tests.clock.advance(STABLE_MS);
    tests.server.acceptsConnections = false;
    first.send(BYE);
    await tests.server.until(() => (tests.server.rejectedConnections === 1 ? true : undefined));
    first.close();
    await waitForState(client, 'waiting');
    tests.server.acceptsConnections = true;
    tests.clock.advance(30_000);
    const second = await tests.server.connection(1);
    second.sendResult(await second.received('resume'), 'r', PARTS);
    expect((await query).rows).toEqual(PARTS.flat());
  });

  it('retries with exponential backoff and rejects when each new connection receives one at once', async () => {
    const client = tests.client({ maxAttempts: 4 });
    const failed = client.query().catch(({ code }) => code);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const connection = await tests.server.connection(attempt);
      await connection.received('query');
      connection.send(BYE);
      connection.close();
      await waitForState(client, attempt < 3 ? 'waiting' : 'idle');
      expect(tests.server.connections).toHaveLength(attempt + 1);
      tests.clock.advance(30_000);
    }
    expect(await failed).toBe('unreachable');
  });

  it('closes the previous connection, and cancels nothing, when the caller has the maximum number of queries', async () => {
    const client = tests.client();
    const query = client.query('a', {}, { rows: 'array' });
    const first = await tests.server.connection(0);
    const { id } = await first.received('query');
    first.accept({ id }, 'r');
    await waitUntilReceived(first, client);
    tests.clock.advance(STABLE_MS);
    first.send(BYE);
    const second = await tests.server.connection(1);
    const rejected = await second.received('resume', 0);
    second.send({ type: 'error', id: rejected.id, code: 'too_many_queries', message: 'At most 1.', retryable: true, limit: 1 });
    await first.closed();
    expect(first.ofType('cancel')).toEqual([]);
    tests.clock.advance(1000);
    const resume = await second.received('resume', 1);
    second.sendResult(resume, 'r', PARTS);
    expect((await query).rows).toEqual(PARTS.flat());
  });
});

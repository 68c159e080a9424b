import { WebSocket } from 'ws';
import { connect, ConnectionError } from '../../../src/client';
import type { Client } from '../../../src/client';
import { waitUntilReceived, waitForState, useClientTests } from '../support/client-test';
import { FakeSocket } from '../support/fake-socket';

const tests = useClientTests();
const MINUTE_MS = 60_000;

/** Records the states of a client. */
function statesOf(client: Client): string[] {
  const states: string[] = [];
  client.onStateChange(({ name }) => states.push(name));
  return states;
}

describe('a connection', () => {
  it('opens for the first query, serves all queries, and closes when it is idle for a minute', async () => {
    const client = tests.client();
    const states = statesOf(client);
    expect(client.state).toEqual({ name: 'idle' });
    const queries = [client.query('a'), client.query('b')];
    expect(tests.server.connections).toHaveLength(0);
    const connection = await tests.server.connection();
    connection.sendResult(await connection.received('query', 0), 'r', []);
    connection.sendResult(await connection.received('query', 1), 's', []);
    await Promise.all(queries);
    tests.clock.advance(MINUTE_MS - 1);
    expect(client.state.name).toBe('connected');
    tests.clock.advance(1);
    await connection.closed();
    expect(tests.server.connections).toHaveLength(1);
    expect(states).toEqual(['connecting', 'connected', 'idle']);
    expect(tests.clock.timers).toBe(0);
  });

  it('stays open when another query is submitted within the idle timeout', async () => {
    const client = tests.client();
    const first = client.query();
    const connection = await tests.server.connection();
    connection.sendResult(await connection.received('query', 0), 'r', []);
    await first;
    tests.clock.advance(MINUTE_MS - 1);
    const second = client.query();
    const request = await connection.received('query', 1);
    connection.accept(request, 's');
    await waitUntilReceived(connection, client);
    tests.clock.advance(2 * MINUTE_MS);
    connection.sendResult(request, 's', []);
    await second;
    expect(tests.server.connections).toHaveLength(1);
  });

  it('opens before the first query when connect() is called', async () => {
    const client = tests.client();
    client.connect();
    client.connect();
    await tests.server.connection();
    await waitForState(client, 'connected');
    client.connect();
    tests.clock.advance(MINUTE_MS);
    expect(client.state.name).toBe('idle');
    expect(tests.server.connections).toHaveLength(1);
  });

  it('opens at once, stays open and reopens when the idle timeout is Infinity', async () => {
    const client = tests.client({ idleTimeout: Infinity });
    const first = await tests.server.connection(0);
    await waitForState(client, 'connected');
    for (let ping = 0; ping < 5; ping += 1) {
      tests.clock.advance(4 * MINUTE_MS);
      await first.received('ping', ping);
      first.send({ type: 'pong' });
      await waitUntilReceived(first, client);
    }
    first.drop();
    await waitForState(client, 'waiting');
    tests.clock.advance(500);
    await tests.server.connection(1);
    await waitForState(client, 'connected');
  });

  it('sends no ping when it is idle', async () => {
    const client = tests.client({ idleTimeout: 3 * MINUTE_MS });
    client.connect();
    const connection = await tests.server.connection();
    await waitForState(client, 'connected');
    tests.clock.advance(10 * MINUTE_MS);
    await connection.closed();
    expect(connection.messages).toEqual([]);
  });

  it('sends pings while a query runs, and is replaced when a pong is missing', async () => {
    const client = tests.client();
    const query = client.query();
    const first = await tests.server.connection(0);
    first.accept(await first.received('query'), 'r');
    await waitUntilReceived(first, client);
    tests.clock.advance(4 * MINUTE_MS - 1);
    expect(first.ofType('ping')).toEqual([]);
    tests.clock.advance(1);
    await first.received('ping', 0);
    first.send({ type: 'pong' });
    await waitUntilReceived(first, client);
    tests.clock.advance(4 * MINUTE_MS);
    await first.received('ping', 1);
    tests.clock.advance(10_000);
    await waitForState(client, 'waiting');
    tests.clock.advance(1000);
    const second = await tests.server.connection(1);
    const resume = await second.received('resume');
    second.sendResult(resume, 'r', []);
    await query;
  });

  it('sends a ping when the network changes', async () => {
    const networkEvents = new EventTarget();
    const client = tests.client({ networkEvents, idleTimeout: Infinity });
    const connection = await tests.server.connection();
    await waitForState(client, 'connected');
    networkEvents.dispatchEvent(new Event('offline'));
    networkEvents.dispatchEvent(new Event('offline'));
    await connection.received('ping', 0);
    connection.send({ type: 'pong' });
    await waitUntilReceived(connection, client);
    networkEvents.dispatchEvent(new Event('online'));
    await connection.received('ping', 1);
    expect(connection.ofType('ping')).toHaveLength(2);
    tests.clock.advance(10_000);
    await waitForState(client, 'waiting');
  });
});

describe('connecting', () => {
  it('retries with exponential backoff and jitter, and rejects when the attempts are exhausted', async () => {
    tests.server.acceptsConnections = false;
    const client = tests.client({ maxAttempts: 4, random: () => 0.5 });
    const query = client.query();
    const delays: number[] = [];
    client.onStateChange((state) => {
      if (state.name === 'waiting') {
        delays.push(state.retryAt - tests.clock.now());
        tests.clock.advance(state.retryAt - tests.clock.now());
      }
    });
    const error = await query.catch((reason) => reason);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'unreachable', retryable: true, message: expect.stringContaining('4 attempts') });
    expect(delays).toEqual([750, 1500, 3000]);
    expect(client.state).toEqual({ name: 'idle' });
    expect(tests.server.rejectedConnections).toBe(4);
  });

  it('starts again when the next query is submitted', async () => {
    tests.server.acceptsConnections = false;
    const client = tests.client({ maxAttempts: 1 });
    await expect(client.query()).rejects.toMatchObject({ code: 'unreachable' });
    tests.server.acceptsConnections = true;
    const query = client.query();
    const connection = await tests.server.connection();
    connection.sendResult(await connection.received('query'), 'r', []);
    expect((await query).rows).toEqual([]);
  });

  it('calls the functions for the URL and the subprotocols for each attempt', async () => {
    let tokens = 0;
    const address = async (): Promise<string> => {
      tokens += 1;
      return `${tests.server.url}?token=${tokens}`;
    };
    const client = connect(address, { WebSocket, clock: tests.clock, random: () => 0, protocols: () => [`token-${tokens}`] });
    const query = client.query();
    const first = await tests.server.connection(0);
    expect(first.request.url).toBe('/prod?token=1');
    expect(first.request.headers['sec-websocket-protocol']).toBe('redshift-query.v1,token-1');
    await first.received('query');
    first.drop();
    await waitForState(client, 'waiting');
    tests.clock.advance(1000);
    const second = await tests.server.connection(1);
    expect(second.request.url).toBe('/prod?token=2');
    second.sendResult(await second.received('query'), 'r', []);
    await query;
    client.close();
  });

  it('rejects with the cause when the function for the URL fails', async () => {
    const cause = new Error('not signed in');
    const client = connect(() => Promise.reject(cause), { WebSocket, clock: tests.clock, maxAttempts: 2 });
    client.onStateChange((state) => state.name === 'waiting' && tests.clock.advance(1000));
    const error = await client.query().catch((reason) => reason);
    expect(error).toMatchObject({ code: 'connect_options_failed', cause });
    expect(client.state.name).toBe('idle');
  });

  it('rejects without an attempt when there is no WebSocket', async () => {
    const globals = globalThis as { WebSocket?: unknown };
    const own = globals.WebSocket;
    delete globals.WebSocket;
    const client = connect('ws://127.0.0.1:1', { clock: tests.clock });
    await expect(client.query()).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('"WebSocket"') });
    client.close();
    globals.WebSocket = own;
  });

  it('rejects after one attempt when the URL is invalid', async () => {
    const client = connect('nowhere', { WebSocket, clock: tests.clock });
    await expect(client.query()).rejects.toMatchObject({ code: 'invalid_url', retryable: false, cause: { name: 'SyntaxError' } });
    expect(client.state.name).toBe('idle');
  });

  it('times out when the service does not respond for 30 seconds', async () => {
    const client = tests.client({ WebSocket: FakeSocket, maxAttempts: 1 });
    const query = client.query();
    await waitForState(client, 'connecting');
    await new Promise((resolve) => setImmediate(resolve));
    tests.clock.advance(30_000);
    await expect(query).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('retries at once when the network is back, or connect() is called', async () => {
    const networkEvents = new EventTarget();
    const client = tests.client({ networkEvents });
    const query = client.query();
    const first = await tests.server.connection(0);
    await first.received('query');
    first.drop();
    await waitForState(client, 'waiting');
    networkEvents.dispatchEvent(new Event('online'));
    const second = await tests.server.connection(1);
    await second.received('query');
    second.drop();
    await waitForState(client, 'waiting');
    client.connect();
    const third = await tests.server.connection(2);
    third.sendResult(await third.received('query'), 'r', []);
    await query;
  });

  it('stops when the client is closed', async () => {
    const client = tests.client();
    const query = client.query();
    await (await tests.server.connection()).received('query');
    client.close();
    await expect(query).rejects.toMatchObject({ code: 'closed', retryable: false });
    await expect(client.query()).rejects.toMatchObject({ code: 'closed' });
    client.connect();
    expect(client.state).toEqual({ name: 'closed' });
    await tests.server.connections[0].closed();
  });
});

describe('onStateChange', () => {
  it('stops calling removed listeners, and calls the others when a listener throws', async () => {
    const client = tests.client();
    const states: string[] = [];
    const consoleError = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const disposeFailing = client.onStateChange(() => { throw new Error('listener'); });
    const dispose = client.onStateChange(({ name }) => states.push(name));
    client.onStateChange(({ name }) => name === 'connecting' && dispose());
    client.connect();
    await tests.server.connection();
    await waitForState(client, 'connected');
    expect(states).toEqual(['connecting']);
    expect(consoleError).toHaveBeenCalledWith(new Error('listener'));
    disposeFailing();
    consoleError.mockRestore();
  });
});


import { WebSocket } from 'ws';
import { heardBy, stateOf, useClientTests } from './use-client';
import { connect, ConnectionError } from '../../src/client';
import type { Client } from '../../src/client';

const tests = useClientTests();
const MINUTE_MS = 60_000;

/** What a client says of its connection from now on. */
function statesOf(client: Client): string[] {
  const states: string[] = [];
  client.onStateChange(({ name }) => states.push(name));
  return states;
}

describe('a connection', () => {
  test('is opened at the first query, shared by all, and closed when nothing is in flight for a minute', async () => {
    const client = tests.client();
    const states = statesOf(client);
    expect(client.state).toEqual({ name: 'idle' });
    const queries = [client.query('a'), client.query('b')];
    expect(tests.server.connections).toHaveLength(0);
    const connection = await tests.server.connection();
    connection.answer(await connection.heard('query', 0), 'r', []);
    connection.answer(await connection.heard('query', 1), 's', []);
    await Promise.all(queries);
    tests.clock.advance(MINUTE_MS - 1);
    expect(client.state.name).toBe('connected');
    tests.clock.advance(1);
    await connection.closed();
    expect(tests.server.connections).toHaveLength(1);
    expect(states).toEqual(['connecting', 'connected', 'idle']);
    expect(tests.clock.timers).toBe(0);
  });

  test('that another query needs again within that minute stays', async () => {
    const client = tests.client();
    const first = client.query();
    const connection = await tests.server.connection();
    connection.answer(await connection.heard('query', 0), 'r', []);
    await first;
    tests.clock.advance(MINUTE_MS - 1);
    const second = client.query();
    const question = await connection.heard('query', 1);
    connection.accept(question, 's');
    await heardBy(connection, client);
    tests.clock.advance(2 * MINUTE_MS);
    connection.answer(question, 's', []);
    await second;
    expect(tests.server.connections).toHaveLength(1);
  });

  test('is opened ahead of the first query when that is asked for', async () => {
    const client = tests.client();
    client.connect();
    client.connect();
    await tests.server.connection();
    await stateOf(client, 'connected');
    client.connect();
    tests.clock.advance(MINUTE_MS);
    expect(client.state.name).toBe('idle');
    expect(tests.server.connections).toHaveLength(1);
  });

  test('that is to be kept is opened at once, kept alive, and opened again when it is lost', async () => {
    const client = tests.client({ idleTimeout: Infinity });
    const first = await tests.server.connection(0);
    await stateOf(client, 'connected');
    for (let ping = 0; ping < 5; ping += 1) {
      tests.clock.advance(4 * MINUTE_MS);
      await first.heard('ping', ping);
      first.say({ type: 'pong' });
      await heardBy(first, client);
    }
    first.drop();
    await stateOf(client, 'waiting');
    tests.clock.advance(500);
    await tests.server.connection(1);
    await stateOf(client, 'connected');
  });

  test('that is idle is not kept alive by messages', async () => {
    const client = tests.client({ idleTimeout: 3 * MINUTE_MS });
    client.connect();
    const connection = await tests.server.connection();
    await stateOf(client, 'connected');
    tests.clock.advance(10 * MINUTE_MS);
    await connection.closed();
    expect(connection.messages).toEqual([]);
  });

  test('on which a query runs is kept alive by pings, and lost when one is not answered', async () => {
    const client = tests.client();
    const query = client.query();
    const first = await tests.server.connection(0);
    first.accept(await first.heard('query'), 'r');
    await heardBy(first, client);
    tests.clock.advance(4 * MINUTE_MS - 1);
    expect(first.of('ping')).toEqual([]);
    tests.clock.advance(1);
    await first.heard('ping', 0);
    first.say({ type: 'pong' });
    await heardBy(first, client);
    tests.clock.advance(4 * MINUTE_MS);
    await first.heard('ping', 1);
    tests.clock.advance(10_000);
    await stateOf(client, 'waiting');
    tests.clock.advance(1000);
    const second = await tests.server.connection(1);
    const resume = await second.heard('resume');
    second.answer(resume, 'r', []);
    await query;
  });

  test('is looked after when the network comes or goes', async () => {
    const networkEvents = new EventTarget();
    const client = tests.client({ networkEvents, idleTimeout: Infinity });
    const connection = await tests.server.connection();
    await stateOf(client, 'connected');
    networkEvents.dispatchEvent(new Event('offline'));
    networkEvents.dispatchEvent(new Event('offline'));
    await connection.heard('ping', 0);
    connection.say({ type: 'pong' });
    await heardBy(connection, client);
    networkEvents.dispatchEvent(new Event('online'));
    await connection.heard('ping', 1);
    expect(connection.of('ping')).toHaveLength(2);
    tests.clock.advance(10_000);
    await stateOf(client, 'waiting');
  });
});

describe('attempts to connect', () => {
  test('come later and later, by chance, and end in an error', async () => {
    tests.server.isOpen = false;
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
    expect(tests.server.refused).toBe(4);
  });

  test('begin anew with the next query', async () => {
    tests.server.isOpen = false;
    const client = tests.client({ maxAttempts: 1 });
    await expect(client.query()).rejects.toMatchObject({ code: 'unreachable' });
    tests.server.isOpen = true;
    const query = client.query();
    const connection = await tests.server.connection();
    connection.answer(await connection.heard('query'), 'r', []);
    expect((await query).rows).toEqual([]);
  });

  test('compute the address and the subprotocols each time', async () => {
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
    await first.heard('query');
    first.drop();
    await stateOf(client, 'waiting');
    tests.clock.advance(1000);
    const second = await tests.server.connection(1);
    expect(second.request.url).toBe('/prod?token=2');
    second.answer(await second.heard('query'), 'r', []);
    await query;
    client.close();
  });

  test('fail when the address cannot be computed, and say why', async () => {
    const cause = new Error('not signed in');
    const client = connect(() => Promise.reject(cause), { WebSocket, clock: tests.clock, maxAttempts: 2 });
    client.onStateChange((state) => state.name === 'waiting' && tests.clock.advance(1000));
    const error = await client.query().catch((reason) => reason);
    expect(error).toMatchObject({ code: 'connect_options_failed', cause });
    expect(client.state.name).toBe('idle');
  });

  test('are not made where there is no WebSocket', async () => {
    const globals = globalThis as { WebSocket?: unknown };
    const own = globals.WebSocket;
    delete globals.WebSocket;
    const client = connect('ws://127.0.0.1:1', { clock: tests.clock });
    await expect(client.query()).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('"WebSocket"') });
    client.close();
    globals.WebSocket = own;
  });

  test('are made once where the address is none', async () => {
    const client = connect('nowhere', { WebSocket, clock: tests.clock });
    await expect(client.query()).rejects.toMatchObject({ code: 'invalid_url', retryable: false, cause: { name: 'SyntaxError' } });
    expect(client.state.name).toBe('idle');
  });

  test('that get no answer are given up after half a minute', async () => {
    class SilentSocket {
      public closed = false;
      public addEventListener(): void {}
      public send(): void {}
      public close(): void {
        this.closed = true;
      }
    }
    const client = tests.client({ WebSocket: SilentSocket, maxAttempts: 1 });
    const query = client.query();
    await stateOf(client, 'connecting');
    await new Promise((resolve) => setImmediate(resolve));
    tests.clock.advance(30_000);
    await expect(query).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('are made at once when the network is back, or when the caller says so', async () => {
    const networkEvents = new EventTarget();
    const client = tests.client({ networkEvents });
    const query = client.query();
    const first = await tests.server.connection(0);
    await first.heard('query');
    first.drop();
    await stateOf(client, 'waiting');
    networkEvents.dispatchEvent(new Event('online'));
    const second = await tests.server.connection(1);
    await second.heard('query');
    second.drop();
    await stateOf(client, 'waiting');
    client.connect();
    const third = await tests.server.connection(2);
    third.answer(await third.heard('query'), 'r', []);
    await query;
  });

  test('end with the client', async () => {
    const client = tests.client();
    const query = client.query();
    await (await tests.server.connection()).heard('query');
    client.close();
    await expect(query).rejects.toMatchObject({ code: 'closed', retryable: false });
    await expect(client.query()).rejects.toMatchObject({ code: 'closed' });
    client.connect();
    expect(client.state).toEqual({ name: 'closed' });
    await tests.server.connections[0].closed();
  });
});

describe('listeners', () => {
  test('hear nothing any more once they were disposed of, and one that fails harms nobody', async () => {
    const client = tests.client();
    const heard: string[] = [];
    const complaints = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const disposeFailing = client.onStateChange(() => { throw new Error('listener'); });
    const dispose = client.onStateChange(({ name }) => heard.push(name));
    client.onStateChange(({ name }) => name === 'connecting' && dispose());
    client.connect();
    await tests.server.connection();
    await stateOf(client, 'connected');
    expect(heard).toEqual(['connecting']);
    expect(complaints).toHaveBeenCalledWith(new Error('listener'));
    disposeFailing();
    complaints.mockRestore();
  });
});


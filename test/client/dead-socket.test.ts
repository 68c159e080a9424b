import { WebSocket } from 'ws';
import type { ScriptedConnection } from './scripted-server';
import { heardBy, stateOf, useClientTests } from './use-client';

const tests = useClientTests();
const MAX_NOTICE_MS = 15_000;

/** The events of a page, of which a test dispatches some. */
class PageEvents extends EventTarget {
  public happens(type: string, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

/** Whether the client has replaced a connection by the time. */
function isReplaced(): boolean {
  return tests.server.connections.length > 1;
}

async function passTime(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 500) {
    await new Promise((resolve) => setImmediate(resolve));
    tests.clock.advance(500);
  }
}

describe('a connection that is open but dead', () => {
  it('is replaced within 15 s of the next query', async () => {
    const client = tests.client({ idleTimeout: Infinity });
    await tests.server.connection(0);
    await stateOf(client, 'connected');
    await passTime(120_000);
    const query = client.query();
    await (await tests.server.connection(0)).heard('query');
    await passTime(MAX_NOTICE_MS);
    const second = await tests.server.connection(1);
    second.answer(await second.heard('query'), 'r', []);
    expect((await query).rows).toEqual([]);
  });

  it('is replaced within 15 s though other queries were answered on it until a moment ago', async () => {
    const client = tests.client();
    const queries = [client.query('answered'), client.query('lost')];
    const first = await tests.server.connection(0);
    const question = await first.heard('query', 0);
    await passTime(2000);
    first.answer(question, 'r', []);
    await queries[0];
    await passTime(MAX_NOTICE_MS);
    const second = await tests.server.connection(1);
    second.answer(await second.heard('query'), 's', []);
    await queries[1];
  });

  it.each<[string, object]>([
    ['visibilitychange', {}], ['pageshow', { persisted: true }], ['online', {}], ['offline', {}],
  ])('is replaced within 15 s of %s', async (type, fields) => {
    const networkEvents = new PageEvents();
    const client = tests.client({ networkEvents, idleTimeout: Infinity });
    await tests.server.connection(0);
    await stateOf(client, 'connected');
    networkEvents.happens(type, fields);
    await passTime(MAX_NOTICE_MS);
    await tests.server.until(() => (isReplaced() ? true : undefined));
  });

  it('is replaced at once when the page is shown while the client waits to connect again', async () => {
    const networkEvents = new PageEvents();
    const client = tests.client({ networkEvents, WebSocket });
    const query = client.query();
    const first = await tests.server.connection(0);
    await first.heard('query');
    first.drop();
    await stateOf(client, 'waiting');
    networkEvents.happens('visibilitychange');
    const second = await tests.server.connection(1);
    second.answer(await second.heard('query'), 'r', []);
    await query;
  });
});

describe('a connection that is alive', () => {
  async function answerPings(connection: ScriptedConnection, milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      const pings = connection.of('ping').length;
      tests.clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
      if (connection.of('ping').length > pings) {
        connection.say({ type: 'pong' });
      }
    }
  }

  it('stays when a query is not accepted for half a minute, since pings are answered', async () => {
    const client = tests.client();
    const query = client.query();
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    await answerPings(connection, 30_000);
    connection.answer(question, 'r', []);
    await query;
    expect(isReplaced()).toBe(false);
  });

  it('is not pinged when a query is accepted in time, or the page is hidden or shown for the first time', async () => {
    const networkEvents = new PageEvents();
    const client = tests.client({ networkEvents });
    const query = client.query();
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    tests.clock.advance(3000);
    connection.accept(question, 'r');
    await heardBy(connection, client);
    networkEvents.happens('pageshow', { persisted: false });
    const page = globalThis as { document?: unknown };
    page.document = { visibilityState: 'hidden' };
    networkEvents.happens('visibilitychange');
    delete page.document;
    tests.clock.advance(60_000);
    connection.answer(question, 'r', []);
    await query;
    expect(connection.of('ping')).toEqual([]);
  });

  it('is pinged once when several events tell that the page is back', async () => {
    const networkEvents = new PageEvents();
    const client = tests.client({ networkEvents, idleTimeout: Infinity });
    const connection = await tests.server.connection();
    await stateOf(client, 'connected');
    ['visibilitychange', 'pageshow', 'online'].forEach((type) => networkEvents.happens(type));
    await connection.heard('ping');
    connection.say({ type: 'pong' });
    await heardBy(connection, client);
    expect(connection.of('ping')).toHaveLength(1);
  });
});

import { WebSocket } from 'ws';
import { waitUntilReceived, waitForState, useClientTests } from '../support/client-test';
import type { ScriptedConnection } from '../support/scripted-server';

const tests = useClientTests();
const MAX_NOTICE_MS = 15_000;

/** The events of a page, which the test dispatches. */
class PageEvents extends EventTarget {
  public dispatch(type: string, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

/** Returns whether the client has replaced a connection after a time. */
function isReplaced(): boolean {
  return tests.server.connections.length > 1;
}

async function passTime(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 500) {
    await new Promise((resolve) => setImmediate(resolve));
    tests.clock.advance(500);
  }
}

describe('a dead connection', () => {
  it('is replaced within 15 seconds when the next query is submitted', async () => {
    const client = tests.client({ idleTimeout: Infinity });
    await tests.server.connection(0);
    await waitForState(client, 'connected');
    await passTime(120_000);
    const query = client.query();
    await (await tests.server.connection(0)).received('query');
    await passTime(MAX_NOTICE_MS);
    const second = await tests.server.connection(1);
    second.sendResult(await second.received('query'), 'r', []);
    expect((await query).rows).toEqual([]);
  });

  it('is replaced within 15 seconds when other queries received messages shortly before', async () => {
    const client = tests.client();
    const queries = [client.query('completed'), client.query('lost')];
    const first = await tests.server.connection(0);
    const request = await first.received('query', 0);
    await passTime(2000);
    first.sendResult(request, 'r', []);
    await queries[0];
    await passTime(MAX_NOTICE_MS);
    const second = await tests.server.connection(1);
    second.sendResult(await second.received('query'), 's', []);
    await queries[1];
  });

  it.each<[string, object]>([
    ['visibilitychange', {}], ['pageshow', { persisted: true }], ['online', {}], ['offline', {}],
  ])('is replaced within 15 seconds when the page receives %s', async (type, fields) => {
    const networkEvents = new PageEvents();
    const client = tests.client({ networkEvents, idleTimeout: Infinity });
    await tests.server.connection(0);
    await waitForState(client, 'connected');
    networkEvents.dispatch(type, fields);
    await passTime(MAX_NOTICE_MS);
    await tests.server.until(() => (isReplaced() ? true : undefined));
  });

  it('is replaced at once when the page is shown during the backoff', async () => {
    const networkEvents = new PageEvents();
    const client = tests.client({ networkEvents, WebSocket });
    const query = client.query();
    const first = await tests.server.connection(0);
    await first.received('query');
    first.drop();
    await waitForState(client, 'waiting');
    networkEvents.dispatch('visibilitychange');
    const second = await tests.server.connection(1);
    second.sendResult(await second.received('query'), 'r', []);
    await query;
  });
});

describe('a live connection', () => {
  async function respondToPings(connection: ScriptedConnection, milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      const pings = connection.ofType('ping').length;
      tests.clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
      if (connection.ofType('ping').length > pings) {
        connection.send({ type: 'pong' });
      }
    }
  }

  it('stays open when a query is not accepted for 30 seconds and pongs arrive', async () => {
    const client = tests.client();
    const query = client.query();
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    await respondToPings(connection, 30_000);
    connection.sendResult(request, 'r', []);
    await query;
    expect(isReplaced()).toBe(false);
  });

  it('receives no ping when a query is accepted in time, or the page is hidden or shown for the first time', async () => {
    const networkEvents = new PageEvents();
    const client = tests.client({ networkEvents });
    const query = client.query();
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    tests.clock.advance(3000);
    connection.accept(request, 'r');
    await waitUntilReceived(connection, client);
    networkEvents.dispatch('pageshow', { persisted: false });
    const page = globalThis as { document?: unknown };
    page.document = { visibilityState: 'hidden' };
    networkEvents.dispatch('visibilitychange');
    delete page.document;
    tests.clock.advance(60_000);
    connection.sendResult(request, 'r', []);
    await query;
    expect(connection.ofType('ping')).toEqual([]);
  });

  it('receives one ping when several events report that the page is shown', async () => {
    const networkEvents = new PageEvents();
    const client = tests.client({ networkEvents, idleTimeout: Infinity });
    const connection = await tests.server.connection();
    await waitForState(client, 'connected');
    ['visibilitychange', 'pageshow', 'online'].forEach((type) => networkEvents.dispatch(type));
    await connection.received('ping');
    connection.send({ type: 'pong' });
    await waitUntilReceived(connection, client);
    expect(connection.ofType('ping')).toHaveLength(1);
  });
});

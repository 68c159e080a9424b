import { ServiceBusyError } from '../../../src/runtime/model/errors';
import { callersKnown, identityOf, databaseConnection } from '../../support/callers';
import { beforeEvery, failNext, interruptionsOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { NOTHING } from '../../support/memory/memory-services';
import type { MemoryServices } from '../../support/memory/memory-services';

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = callersKnown();
  client = new MemoryClient(services, 'c1');
});

function storedKeys(): string[] {
  return services.store.items().map(({ partitionKey, sortKey }) => `${partitionKey} ${sortKey}`);
}

describe('who connects', () => {
  test('is stored before anything is asked', async () => {
    const order: string[] = [];
    for (const method of ['createIdentity', 'createRequest'] as const) {
      beforeEvery(services.store, method, () => void order.push(method));
    }
    await databaseConnection(client, identityOf('ann'), { query: 'everything' });
    expect(order).toEqual(['createIdentity', 'createRequest']);
  });

  test('is forgotten when the connection ends', async () => {
    await databaseConnection(client, identityOf('ann', { tenant_id: 'acme' }));
    expect(storedKeys()).toEqual(['connection#c1 identity']);
    await client.disconnect();
    expect(storedKeys()).toEqual([]);
  });

  test('expires by itself where nobody says that the connection has ended', async () => {
    await databaseConnection(client, identityOf('ann'));
    services.time += 3 * 3600 * 1000;
    services.store.purge();
    expect(storedKeys()).toEqual([]);
  });

  test('is refused where it cannot be stored, and nothing is left or asked', async () => {
    failNext(services.store, 'createIdentity', new ServiceBusyError('throttled'));
    await expect(databaseConnection(client, identityOf('ann', {}, services.time + 60_000), { query: 'everything' })).rejects.toThrow('throttled');
    expect(storedKeys()).toEqual([]);
    expect(services.statementApi.started).toEqual([]);
  });

  test('is refused where nobody could end its connection at the expiry', async () => {
    failNext(services.queue, 'send', new ServiceBusyError('throttled'));
    await expect(databaseConnection(client, identityOf('ann', {}, services.time + 60_000))).rejects.toThrow('throttled');
    expect(storedKeys()).toEqual([]);
  });

  test('is refused where the sign-in has expired on the way', async () => {
    expect(await databaseConnection(client, identityOf('ann', {}, services.time))).toEqual({ accepted: false, forbidden: true });
    expect(storedKeys()).toEqual([]);
  });

  test('is in no entry of the log but by its hash, and its claims are in none', async () => {
    await databaseConnection(client, identityOf('ann', { tenant_id: 'secret of acme' }), { query: 'own' });
    await services.passSeconds(30);
    await client.disconnect();
    expect(JSON.stringify(services.entries)).not.toContain('secret of acme');
  });
});

describe('a message', () => {
  test.each([
    ['query', { type: 'query', id: 'a', query: 'everything' }],
    ['resume', { type: 'resume', id: 'a', result: 'name-1', after: -1 }],
  ])('%s on a connection that is not known any more is answered by bye, and ends the connection', async (_, message) => {
    await client.say(message);
    expect(client.heard()).toEqual([{ type: 'bye', reason: 'The service has no record of this connection. Connect again.', retryable: true }]);
    expect(services.connections.closed).toEqual(['c1']);
    expect(services.statementApi.started).toEqual([]);
  });

  test('is not asked who it is from where callers are not known', async () => {
    services.identifiesCallers = false;
    failNext(services.store, 'identity', new Error('must not be called'));
    failNext(services.store, 'removeIdentity', new Error('must not be called'));
    await client.ask('a');
    await client.disconnect();
    expect(client.types()).toEqual(['accepted']);
  });

  test('while it cannot be found out who it is from is answered by an error that may be tried again', async () => {
    await databaseConnection(client, identityOf('ann'));
    failNext(services.store, 'identity', new ServiceBusyError('throttled'));
    await client.ask('a');
    expect(client.heard()).toMatchObject([{ type: 'error', id: 'a', code: 'internal', retryable: true }]);
    expect(services.connections.closed).toEqual([]);
  });

  test('is refused though the client that has gone cannot be told', async () => {
    client.vanish();
    await client.ask('a');
    expect(client.heard()).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

describe('nothing is left when the connection ends, and nothing is open that is not known, when OnConnect', () => {
  const calls = ['createIdentity', 'send'];

  test('makes the calls below', async () => {
    const { calls: made } = services.interrupt('busy before', Infinity);
    await databaseConnection(client, identityOf('ann', {}, services.time + 600_000));
    expect(made).toEqual(calls);
  });

  test.each(interruptionsOf(calls))('was $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.interrupt(kind, nthCall);
    let accepted = false;
    await services.untilDone(async () => {
      await client.connect({}, [], { identity: identityOf('ann', {}, services.time + 600_000) }).then(() => accepted = true, () => undefined);
    });
    expect(accepted).toBe(false);
    await services.passSeconds(4 * 3600);
    services.store.purge();
    expect([storedKeys(), services.queue.jobs, client.heard()]).toEqual([[], [], []]);
  });
});

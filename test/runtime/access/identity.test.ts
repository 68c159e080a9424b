import { ServiceBusyError } from '../../../src/runtime/model/errors';
import { callersKnown, identityOf, connectAs } from '../../support/callers';
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

describe('the identity of a connection', () => {
  it('is stored before the query in the URL', async () => {
    const order: string[] = [];
    for (const method of ['createIdentity', 'createRequest'] as const) {
      beforeEvery(services.store, method, () => void order.push(method));
    }
    await connectAs(client, identityOf('ann'), { query: 'everything' });
    expect(order).toEqual(['createIdentity', 'createRequest']);
  });

  it('is removed when the connection ends', async () => {
    await connectAs(client, identityOf('ann', { tenant_id: 'acme' }));
    expect(services.storedKeys()).toEqual(['connection#c1 identity']);
    await client.disconnect();
    expect(services.storedKeys()).toEqual([]);
  });

  it('expires when no disconnect event arrives', async () => {
    await connectAs(client, identityOf('ann'));
    services.time += 3 * 3600 * 1000;
    services.purge();
    expect(services.storedKeys()).toEqual([]);
  });

  it('causes the connection to fail without a stored record or a started statement when it cannot be stored', async () => {
    failNext(services.store, 'createIdentity', new ServiceBusyError('throttled'));
    await expect(connectAs(client, identityOf('ann', {}, services.time + 60_000), { query: 'everything' })).rejects.toThrow('throttled');
    expect(services.storedKeys()).toEqual([]);
    expect(services.statementApi.started).toEqual([]);
  });

  it('causes the connection to fail when the job that ends the connection cannot be queued', async () => {
    failNext(services.queue, 'send', new ServiceBusyError('throttled'));
    await expect(connectAs(client, identityOf('ann', {}, services.time + 60_000))).rejects.toThrow('throttled');
    expect(services.storedKeys()).toEqual([]);
  });

  it('is rejected when the session has expired before OnConnect runs', async () => {
    expect(await connectAs(client, identityOf('ann', {}, services.time))).toEqual({ accepted: false, forbidden: true });
    expect(services.storedKeys()).toEqual([]);
  });

  it('appears in the log only as a hash, without its claims', async () => {
    await connectAs(client, identityOf('ann', { tenant_id: 'secret of acme' }), { query: 'own' });
    await services.passSeconds(30);
    await client.disconnect();
    expect(JSON.stringify(services.entries)).not.toContain('secret of acme');
  });
});

describe('a message', () => {
  it.each([
    ['query', { type: 'query', id: 'a', query: 'everything' }],
    ['resume', { type: 'resume', id: 'a', result: 'name-1', after: -1 }],
  ])('causes a going-away notice and closes an unknown connection when its type is %s', async (_, message) => {
    await client.send(message);
    expect(client.received()).toEqual([{ type: 'bye', reason: 'The service has no record of this connection. Connect again.', retryable: true }]);
    expect(services.connections.closed).toEqual(['c1']);
    expect(services.statementApi.started).toEqual([]);
  });

  it('is processed without a lookup of the identity when callers are not identified', async () => {
    services.identifiesCallers = false;
    failNext(services.store, 'identity', new Error('must not be called'));
    failNext(services.store, 'removeIdentity', new Error('must not be called'));
    await client.submit('a');
    await client.disconnect();
    expect(client.types()).toEqual(['accepted']);
  });

  it('causes a retryable error when the identity cannot be read', async () => {
    await connectAs(client, identityOf('ann'));
    failNext(services.store, 'identity', new ServiceBusyError('throttled'));
    await client.submit('a');
    expect(client.received()).toMatchObject([{ type: 'error', id: 'a', code: 'internal', retryable: true }]);
    expect(services.connections.closed).toEqual([]);
  });

  it('is rejected when the client has disconnected and cannot be notified', async () => {
    client.closeConnection();
    await client.submit('a');
    expect(client.received()).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

describe('OnConnect', () => {
  const calls = ['createIdentity', 'send'];

  it('makes the expected calls in order', async () => {
    const { calls: made } = services.interrupt('failure before', Infinity);
    await connectAs(client, identityOf('ann', {}, services.time + 600_000));
    expect(made).toEqual(calls);
  });

  it.each(interruptionsOf(calls))('leaves no records and opens no unidentified connection when there is a $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.interrupt(kind, nthCall);
    let accepted = false;
    await services.untilDone(async () => {
      await client.connect({}, [], { identity: identityOf('ann', {}, services.time + 600_000) }).then(() => accepted = true, () => undefined);
    });
    expect(accepted).toBe(false);
    await services.passSeconds(4 * 3600);
    services.purge();
    expect([services.storedKeys(), services.queue.jobs, client.received()]).toEqual([[], [], []]);
  });
});

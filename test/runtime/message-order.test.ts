import { beforeEvery, interruptionsOf } from '../support/interventions';
import { MemoryClient } from '../support/memory-client';
import { MemoryServices, NOTHING } from '../support/memory-services';

/** The calls of OnMessage for a query that no other client has submitted. */
const QUERY_CALLS = [
  'requests', 'send', 'createRequest', 'requests', 'runOfQuestion', 'send', 'createRun', 'pointQuestion', 'subscribe', 'run', 'saveRequest', 'post', 'saveRequest',
  'claimRun', 'saveRun', 'start', 'saveRun',
];

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
});

/** Has something happen before one of the calls of OnMessage. */
function beforeCall(nthCall: number, action: () => Promise<void>): void {
  let calls = 0;
  const ports = { store: services.store, queue: services.queue, connections: services.connections, warehouse: services.warehouse };
  for (const method of new Set(QUERY_CALLS)) {
    const port = Object.values(ports).find((each) => method in each)!;
    beforeEvery(port, method as never, async () => {
      calls += 1;
      if (calls === nthCall) {
        await action();
      }
    });
  }
}

describe('a cancel that was sent after its query', () => {
  const cancel = async (): Promise<void> => client.say({ type: 'cancel', id: 'a' });

  it('rejects the query when it is processed first', async () => {
    await cancel();
    await client.ask('a');
    expect(client.heard()).toMatchObject([
      { type: 'error', id: 'a', code: 'unknown_id' },
      { type: 'error', id: 'a', code: 'cancelled', retryable: true },
    ]);
    await services.passSeconds(60);
    expect(services.warehouse.started).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('rejects a resume when it is processed first', async () => {
    await client.ask('b');
    await cancel();
    await client.say({ type: 'resume', id: 'a', result: client.result('b'), after: -1 });
    expect(client.heard().at(-1)).toMatchObject({ type: 'error', id: 'a', code: 'cancelled' });
  });

  it.each(QUERY_CALLS.map((call, index) => ({ call, nthCall: index + 1 })))(
    'ends the query exactly once when it is processed before call $nthCall of the query ($call)',
    async ({ nthCall }) => {
      beforeCall(nthCall, cancel);
      await client.ask('a');
      await services.passSeconds(120);
      const codes = client.heard().flatMap((message) => message.type === 'error' ? [message.code] : []);
      expect(codes.filter((code) => code !== 'unknown_id')).toEqual(['cancelled']);
      expect(services.warehouse.running).toEqual([]);
      expect(services.unfinished()).toEqual(NOTHING);
    },
  );

  it('rejects the query when another cancel with the same id was received before', async () => {
    await client.say({ type: 'cancel', id: 'a' }, services.time - 10);
    await cancel();
    await client.ask('a');
    expect(client.heard().at(-1)).toMatchObject({ code: 'cancelled' });
  });

  it('is not reversed by an earlier cancel that is processed later', async () => {
    await cancel();
    await client.say({ type: 'cancel', id: 'a' }, services.time - 10);
    await client.ask('a');
    expect(client.heard().at(-1)).toMatchObject({ code: 'cancelled' });
  });

  it('has no effect on a query of another connection', async () => {
    await cancel();
    const other = new MemoryClient(services, 'c2');
    await other.ask('a');
    expect(other.types()).toEqual(['accepted']);
  });
});

describe('a cancel that was sent before a query with the same id', () => {
  it('has no effect on the query when it is processed first', async () => {
    await client.say({ type: 'cancel', id: 'a' });
    services.time += 1;
    await client.ask('a');
    await services.statementEnded(client.result('a'));
    expect(client.types()).toEqual(['error', 'accepted', 'rows', 'complete']);
  });

  it('has no effect on the query when it is processed last', async () => {
    const sentAt = services.time;
    services.time += 1;
    await client.ask('a');
    await client.say({ type: 'cancel', id: 'a' }, sentAt);
    await services.statementEnded(client.result('a'));
    expect(client.heard()).toMatchObject([{ type: 'accepted' }, { code: 'unknown_id' }, { type: 'rows' }, { type: 'complete' }]);
  });

  it('leaves no record when a minute has passed', async () => {
    await client.say({ type: 'cancel', id: 'a' });
    services.time += 60_000;
    services.store.purge();
    expect(services.store.items()).toEqual([]);
  });
});

describe('a query is answered or rejected once after its cancel was processed first, when its function', () => {
  it.each(interruptionsOf(['requests', 'send', 'createRequest', 'isCanceledInAdvance', 'post']))('was $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    await client.say({ type: 'cancel', id: 'a' });
    services.interrupt(kind, nthCall);
    let hasFailed = kind.startsWith('died');
    await services.untilDone(async () => client.ask('a').catch(() => hasFailed = true));
    await services.passSeconds(120);
    expect(services.warehouse.started).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
    const codes = client.heard().flatMap((message) => message.type === 'error' ? [message.code] : []);
    expect(new Set(codes.slice(1)).size).toBe(hasFailed && codes.length === 1 ? 0 : 1);
  });
});

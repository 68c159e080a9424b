import { MAX_QUERIES_PER_CONNECTION } from '../../../src/query/query-limits';
import { ThrottledError } from '../../../src/runtime/model/errors';
import { CallRounds } from '../../support/memory/call-rounds';
import { failNext } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

/** A tenth of what a connection can have in flight, so that the test is fast. */
const QUERIES = MAX_QUERIES_PER_CONNECTION / 10;

/** A tenth of the calls that OnMessage and OnDisconnect can make one after the other until their timeout, when each takes 100 ms. */
const MAX_ROUNDS = 28_000 / 100 / 10;

/** What an SDK client opens at once. */
const MAX_CONNECTIONS = 50;

let services: MemoryServices;
let client: MemoryClient;

beforeEach(async () => {
  services = new MemoryServices();
  services.identifiesCallers = true;
  services.maxQueriesPerConnection = MAX_QUERIES_PER_CONNECTION;
  services.maxQueriesPerCaller = MAX_QUERIES_PER_CONNECTION;
  client = new MemoryClient(services, 'c1');
  await client.connect({}, [], { identity: { caller: 'alice', claims: {} } });
  client.open();
});

async function submitQueries(count: number): Promise<void> {
  for (let id = 0; id < count; id += 1) {
    await client.submit(String(id));
  }
  expect(services.unfinished().requests.filter((key) => key.startsWith('connection#c1'))).toHaveLength(count);
}

function recordCalls(): CallRounds {
  const rounds = new CallRounds();
  rounds.watch(services.store, 'requests', 'removeRequest', 'removeIdentity', 'allowMore');
  rounds.watch(services.queue, 'send');
  return rounds;
}

describe('the end of a connection', () => {
  it('removes as many queries as a connection can have in flight, before OnDisconnect times out', async () => {
    await submitQueries(QUERIES);
    const rounds = recordCalls();
    await rounds.endAll(client.disconnect());
    expect(services.unfinished().requests).toEqual([]);
    expect(await services.store.identity('c1')).toBeUndefined();
    expect(rounds.count).toBeLessThan(MAX_ROUNDS);
    expect(rounds.mostCalls).toBeLessThanOrEqual(MAX_CONNECTIONS);
  });

  it('removes all other records when one cannot be removed, and fails', async () => {
    await submitQueries(20);
    failNext(services.store, 'removeRequest', new ThrottledError('throttled'));
    await expect(client.disconnect()).rejects.toThrow('throttled');
    expect(services.unfinished().requests.filter((key) => key.startsWith('connection#c1'))).toHaveLength(1);
    expect(await services.store.identity('c1')).toBeUndefined();
  });

  it('leaves nothing behind when OnDisconnect ends before it has removed any record', async () => {
    await submitQueries(20);
    failNext(services.store, 'requests', new ThrottledError('throttled'));
    await expect(client.disconnect()).rejects.toThrow('throttled');
    await services.passSeconds(300);
    expect(services.statementApi.running).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

describe('more', () => {
  it('reaches as many queries of one result as a connection can have in flight, before OnMessage times out', async () => {
    for (let id = 0; id < QUERIES; id += 1) {
      await client.submit(String(id), { window: 1 });
    }
    const rounds = recordCalls();
    await rounds.endAll(client.send({ type: 'more', result: client.result('0'), credit: 2 }));
    const windowEnd = (await services.store.requests('c1')).map((request) => request.windowEnd);
    expect(windowEnd).toEqual(Array(QUERIES).fill(3));
    expect(rounds.count).toBeLessThan(MAX_ROUNDS);
  });
});

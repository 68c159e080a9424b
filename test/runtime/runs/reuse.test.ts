import type { StatementDescription } from '../../../src/runtime/model/ports';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

const FAILED: StatementDescription = { state: 'failed', hasResultSet: false, runningMs: 5, error: 'ERROR: division by zero' };

let services: MemoryServices;
let first: MemoryClient;
let second: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  first = new MemoryClient(services, 'c1');
  second = new MemoryClient(services, 'c2');
});

describe('a query that is submitted shortly before the timeout of a run in flight', () => {
  it('receives the result of the run when that ends while its record is read', async () => {
    const { store } = services;
    await first.submit('a', undefined, 'reused');
    await services.passSeconds(890);
    const read = store.run.bind(store);
    store.run = async (name) => {
      const run = await read(name);
      store.run = read;
      await services.statementEnded(first.result('a'));
      await services.passSeconds(20);
      return run;
    };
    await second.submit('b', undefined, 'reused');
    await services.passSeconds(10);
    expect(second.received()[0]).toMatchObject({ type: 'accepted', result: first.result('a'), shared: true, cached: false });
    expect(second.terminalMessages('b')).toMatchObject([{ type: 'complete' }]);
    expect(services.statementApi.started).toHaveLength(1);
  });
});

describe('a reusable result', () => {
  let result: string;

  beforeEach(async () => {
    await first.submit('a', undefined, 'reused');
    result = first.result('a');
    await services.statementEnded(result);
    await services.passSeconds(50);
  });

  it('is returned for the same query request without a call to Redshift', async () => {
    await second.submit('b', undefined, 'reused');
    await services.passSeconds(1);
    expect(second.received()[0]).toEqual({ type: 'accepted', id: 'b', result, shared: true, cached: true, limits: { timeLimitMs: 900_000 } });
    expect(second.rowsMessages()).toEqual(first.rowsMessages());
    expect(second.terminalMessages('b')).toMatchObject([{ type: 'complete', rows: 2 }]);
    expect(services.statementApi.started).toHaveLength(1);
    expect(services.statementApi.fetches).toBe(1);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('is returned to the same client under the same id when it submits on receipt of the terminal message', async () => {
    let times = 0;
    services.connections.onPost = async (_, { type }) => {
      if (type === 'complete' && times < 3) {
        times += 1;
        await second.submit('b', { window: 1 }, 'reused');
      }
    };
    await second.submit('b', undefined, 'reused');
    await services.passSeconds(5);
    expect(second.types()).toEqual(Array.from({ length: 4 }, () => ['accepted', 'rows', 'complete']).flat());
    expect(services.statementApi.started).toHaveLength(1);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('is returned to many clients at the same time', async () => {
    const clients = Array.from({ length: 100 }, (_, number) => new MemoryClient(services, `many-${number}`));
    await Promise.all(clients.map(async (client) => client.submit('a', undefined, 'reused')));
    await services.passSeconds(1);
    expect(clients.map((client) => client.types().join())).toEqual(clients.map(() => 'accepted,rows,complete'));
    expect(services.statementApi.started).toHaveLength(1);
  });

  it('is returned until its reuse time ends, when a new run starts', async () => {
    services.time += 9999;
    await second.submit('b', undefined, 'reused');
    services.time += 1;
    await second.submit('c', undefined, 'reused');
    expect([second.result('b') === result, second.result('c') === result]).toEqual([true, false]);
  });

  it.each([
    ['is returned when it is younger than the maxAge of the client', 51, true],
    ['is not returned when it is older than the maxAge of the client', 49, false],
    ['is not returned when the maxAge of the client is 0', 0, false],
  ])('%s', async (_, maxAge, cached) => {
    await second.submit('b', { maxAge }, 'reused');
    expect(second.received()[0]).toMatchObject({ type: 'accepted', cached });
  });

  it('is not returned after the reuse time of the query, whatever the maxAge of the client', async () => {
    services.time += 10_000;
    await second.submit('b', { maxAge: 1000 }, 'reused');
    expect(second.received()[0]).toMatchObject({ type: 'accepted', shared: false, cached: false });
  });
});

test('a maxAge does not enable reuse for a query without it', async () => {
  await first.submit('a');
  await services.statementEnded(first.result('a'));
  await second.submit('b', { maxAge: 60 });
  expect(services.statementApi.started).toHaveLength(2);
});

test.each<[string, StatementDescription]>([
  ['failed', FAILED],
  ['was aborted', { ...FAILED, state: 'aborted' }],
])('a statement that %s is started again when the query is submitted again', async (_, description) => {
  await first.submit('a', undefined, 'reused');
  await services.statementEnded(first.result('a'), description);
  await second.submit('b', undefined, 'reused');
  expect(second.received()[0]).toMatchObject({ type: 'accepted', shared: false, cached: false });
  await services.statementEnded(second.result('b'));
  expect(second.rows(second.result('b'))).toEqual(services.statementApi.pages[0]);
});

describe('a result that is reused for a day', () => {
  it('is returned with all rows when the query is submitted again after three hours', async () => {
    const { reused } = services.queries;
    services.queries = { ...services.queries, reused: { ...reused, resultReuseSeconds: 86_400, resultRetentionSeconds: 86_400 } };
    await first.submit('a', undefined, 'reused');
    await services.statementEnded(first.result('a'));
    await services.passSeconds(3 * 60 * 60);
    await second.submit('b', undefined, 'reused');
    await services.passSeconds(1);
    expect(second.received()[0]).toMatchObject({ type: 'accepted', id: 'b', result: first.result('a'), cached: true });
    expect(second.rows(second.result('b'))).toEqual(services.statementApi.pages[0]);
    expect(services.statementApi.started).toHaveLength(1);
  });
});

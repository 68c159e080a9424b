import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import type { StatementDescription } from '../../../src/runtime/model/ports';
import type { Run } from '../../../src/runtime/model/run';
import { beforeEvery, beforeNext, failNext } from '../../support/memory/interventions';
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

function month(id: string, tripMonth: string) {
  return { type: 'query', id, parameters: { trip_month: tripMonth } };
}

describe('a query request that is submitted while its run is in flight', () => {
  it('shares one statement, one fetch and the same messages between all clients', async () => {
    services.statementApi.pages = [[['x'.repeat(20_000), 1], ['y'.repeat(20_000), 2]], [['z', 3]]];
    await first.submit('a');
    await second.submit('b');
    await services.statementEnded(first.result('a'));
    expect(second.received()[0]).toMatchObject({ type: 'accepted', id: 'b', result: first.result('a'), shared: true, cached: false });
    expect(services.statementApi.started).toHaveLength(1);
    expect(services.statementApi.fetches).toBe(2);
    expect(second.rowsMessages()).toEqual(first.rowsMessages());
    expect(second.terminalMessages('b')).toEqual(first.terminalMessages('a').map((message) => ({ ...message, id: 'b' })));
    expect(first.rows(first.result('a')).map(([, number]) => number)).toEqual([1, 2, 3]);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('shares one statement and one fetch between 1,000 clients that submit it at once', async () => {
    const clients = Array.from({ length: 1000 }, (_, index) => new MemoryClient(services, `client ${index}`));
    await Promise.all(clients.map(async (client) => client.submit('a')));
    await services.statementEnded(services.statementApi.started[0].run);
    await services.passSeconds(60);
    expect(services.statementApi.started).toHaveLength(1);
    expect(services.statementApi.fetches).toBe(1);
    expect(clients.filter((client) => client.types().join() === 'accepted,rows,complete')).toHaveLength(1000);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('shares one statement between two ids of one connection, with a terminal message for each', async () => {
    await first.submit('a');
    await first.submit('b', { window: 1 });
    services.statementApi.pages = [[['x'.repeat(20_000), 1], ['y'.repeat(20_000), 2]]];
    await services.statementEnded(first.result('a'));
    expect(services.statementApi.started).toHaveLength(1);
    expect(first.result('b')).toBe(first.result('a'));
    expect(first.terminalMessages('a')).toMatchObject([{ type: 'complete', messages: 2, rows: 2 }]);
    expect(first.terminalMessages('b')).toEqual([]);
    await first.send({ type: 'more', result: first.result('b'), credit: 1 });
    await services.passSeconds(0);
    expect(first.terminalMessages('b')).toMatchObject([{ type: 'complete', messages: 2, rows: 2 }]);
  });

  it('ends in the same error for two ids of one connection, with an error for each', async () => {
    await first.submit('a');
    await first.submit('b');
    await services.statementEnded(first.result('a'), FAILED);
    expect(first.terminalMessages('a')).toMatchObject([{ result: first.result('a'), code: 'statement_failed' }]);
    expect(first.terminalMessages('b')).toMatchObject([{ result: first.result('a'), code: 'statement_failed' }]);
    expect(first.resultMessages()).toHaveLength(2);
  });

  it('shares one statement between many concurrent clients, with one terminal message for each', async () => {
    const clients = Array.from({ length: 200 }, (_, number) => new MemoryClient(services, `many-${number}`));
    await Promise.all(clients.map(async (client) => client.submit('a')));
    await services.passSeconds(60);
    expect(services.statementApi.started).toHaveLength(1);
    await services.statementEnded(services.statementApi.started[0].run);
    await services.passSeconds(60);
    expect(services.statementApi.fetches).toBe(1);
    for (const client of clients) {
      expect(client.types().filter((type) => type !== 'progress')).toEqual(['accepted', 'rows', 'complete']);
    }
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('starts one statement when the first function is interrupted after it stored the run', async () => {
    failNext(services.store, 'acquireRun', new ServiceBusyError('throttled'));
    await first.submit('a');
    await second.submit('b');
    await services.passSeconds(10);
    expect(services.statementApi.started.map(({ run }) => run)).toEqual([second.result('b')]);
  });

  it('ends in the same error for all clients', async () => {
    await first.submit('a');
    await second.submit('b');
    await services.statementEnded(first.result('a'), FAILED);
    expect(first.resultMessages()).toMatchObject([{ type: 'error', code: 'statement_failed', message: 'ERROR: division by zero' }]);
    expect(second.resultMessages()).toEqual(first.resultMessages().map((message) => ({ ...message, id: 'b' })));
  });

  it('continues for the other clients when one disconnects in the middle of the rows', async () => {
    services.statementApi.pages = [[['x'.repeat(20_000), 1], ['y'.repeat(20_000), 2]]];
    await first.submit('a');
    await second.submit('b');
    services.connections.onPost = (connectionId, { type }) => {
      if (connectionId === 'c1' && type === 'rows') {
        first.closeConnection();
      }
    };
    await services.statementEnded(second.result('b'));
    expect(second.types()).toEqual(['accepted', 'rows', 'rows', 'complete']);
    expect(first.types()).toEqual(['accepted', 'rows']);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('sends all rows to a client that joins after rows were sent to others', async () => {
    services.statementApi.pages = [[['a', 1]], [['b', 2]], [['c', 3]]];
    await first.submit('a');
    beforeEvery(services.statementApi, 'fetchPage', async (_, token?: string) => {
      services.time += 600;
      if (token === '1') {
        await services.doNextJob();
        expect(first.types()).toEqual(['accepted', 'rows']);
        await second.submit('b');
        await services.passSeconds(0);
        expect(second.types()).toEqual(['accepted', 'rows']);
      }
    });
    await services.statementEnded(first.result('a'));
    await services.passSeconds(60);
    expect(second.received()[0]).toMatchObject({ result: first.result('a'), shared: true, cached: false });
    expect(second.rows(second.result('b'))).toEqual([['a', 1], ['b', 2], ['c', 3]]);
    expect(second.terminalMessages('b')).toMatchObject([{ type: 'complete', rows: 3 }]);
  });

  it('finds its run when DynamoDB cancels its transaction because another one writes the cache key', async () => {
    await first.submit('a');
    const create = services.store.createRequest.bind(services.store);
    services.store.createRequest = async () => {
      services.store.createRequest = create;
      return { state: 'taken', isSlotInUse: false };
    };
    await second.submit('b');
    expect(second.received()).toMatchObject([{ type: 'accepted', result: first.result('a'), shared: true }]);
    expect(services.statementApi.started).toHaveLength(1);
  });

  it('finds its run when the run ends at that moment', async () => {
    await first.submit('a');
    beforeNext(services.store, 'run', async () => {
      services.time += 1;
      await services.statementEnded(first.result('a'));
    });
    await second.submit('b');
    await services.passSeconds(60);
    expect(second.received()).toMatchObject([{ type: 'accepted', result: first.result('a'), cached: true }, { type: 'rows' }, { type: 'complete' }]);
  });
});

describe('a new statement', () => {
  it('is started when the parameters differ', async () => {
    await first.send(month('a', '2015-01'));
    await second.send(month('b', '2015-02'));
    expect(services.statementApi.started.map(({ parameters }) => parameters.trip_month)).toEqual(['2015-01', '2015-02']);
    expect(second.received()).toMatchObject([{ type: 'accepted', shared: false }]);
  });

  it('is started when the query differs', async () => {
    await first.submit('a');
    await second.submit('b', undefined, 'reused');
    expect(services.statementApi.started.map(({ sql }) => sql)).toEqual(['SELECT 1', 'SELECT 2']);
  });

  it('is started when the SQL of the query has changed', async () => {
    await first.submit('a');
    services.queries = { ...services.queries, everything: { ...services.queries.everything, sql: 'SELECT 10' } };
    await second.submit('b');
    expect(services.statementApi.started.map(({ sql }) => sql)).toEqual(['SELECT 1', 'SELECT 10']);
  });

  it('is started after the end of a run when results are not reused', async () => {
    await first.submit('a');
    await services.statementEnded(first.result('a'));
    await second.submit('b');
    expect(second.received()).toMatchObject([{ type: 'accepted', shared: false, cached: false }]);
    expect(services.statementApi.started).toHaveLength(2);
  });

  it('is started when the run in flight has exceeded its timeout and is about to be canceled', async () => {
    await first.submit('a');
    services.time += 900_000;
    await second.submit('b');
    expect(services.statementApi.started).toHaveLength(2);
  });

  it('is started when the run in flight is being closed because it has no subscribers', async () => {
    await first.submit('a');
    failNext(services.statementApi, 'cancel', ...Array.from({ length: 3 }, () => new ThrottledError('3 a second')));
    await first.disconnect();
    await services.passSeconds(50);
    await second.submit('b');
    expect(second.received()).toMatchObject([{ type: 'accepted', shared: false }]);
    expect(services.statementApi.started).toHaveLength(2);
    await services.passSeconds(200);
    expect(services.statementApi.cancelled).toEqual([services.statementApi.started[0].run]);
    await services.statementEnded(second.result('b'));
    expect(second.rows(second.result('b'))).toEqual(services.statementApi.pages[0]);
  });

  it('is started for a client that joins between the close of a run and the last check for subscribers', async () => {
    await first.submit('a');
    await first.disconnect();
    beforeEvery(services.store, 'saveRun', (_run, _lease, { isClosed }: Partial<Run>) => {
      if (isClosed) {
        beforeNext(services.store, 'subscribers', async () => second.submit('b'));
      }
    });
    await services.passSeconds(60);
    await services.statementEnded(second.result('b'));
    expect(second.rows(second.result('b'))).toEqual(services.statementApi.pages[0]);
    expect(services.statementApi.cancelled).toEqual([services.statementApi.started[0].run]);
  });
});

test('a run in flight is shared for any maxAge of the client', async () => {
  await first.submit('a', undefined, 'reused');
  services.time += 30_000;
  await second.submit('b', { maxAge: 0 }, 'reused');
  expect(second.received()[0]).toMatchObject({ type: 'accepted', shared: true, cached: false });
});

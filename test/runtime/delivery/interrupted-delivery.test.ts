import { sendMessage } from '../../../src/runtime/delivery/send-message';
import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import { beforeEvery, beforeNext, failNext, interruptionsOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';
import { FINISHED, statementId } from '../../support/memory/memory-statement-api';
import { incompressible } from '../../support/texts';

/**
 * What a function calls for the event of a statement whose result has two pages, for which one client waits; the last row of the first page waits for
 * the second.
 */
const CALLS = [
  'acquireRun', 'describe', 'fetchPage', 'store', 'saveRun', 'fetchPage', 'store', 'saveRun', 'subscribers', 'acquireRequest', 'run', 'find', 'post', 'post',
  'saveRequest', 'find', 'post', 'saveRequest', 'post', 'unsubscribe', 'removeRequest', 'saveRun', 'subscribers', 'saveRun',
];

let services: MemoryServices;
let client: MemoryClient;
let result: string;

beforeEach(async () => {
  services = new MemoryServices();
  services.statementApi.pages = [
    Array.from({ length: 3 }, (_, row) => [incompressible(20_000, row), row]),
    [['last', 3]],
  ];
  client = new MemoryClient(services, 'c1');
  await client.ask('a');
  result = client.result('a');
});

async function allRowsOnce(): Promise<void> {
  await services.passSeconds(600);
  expect(client.rows(result).map(([, row]) => row)).toEqual([0, 1, 2, 3]);
  expect(client.endings('a')).toMatchObject([{ type: 'complete', rows: 4 }]);
  expect(services.unfinished()).toEqual(NOTHING);
  expect(services.queue.deadLetters).toEqual([]);
}

function seqs(): number[] {
  return client.rowsMessages().map(({ seq }) => seq);
}

test('the calls below are all that there are', async () => {
  const { calls } = services.interrupt('busy before', Infinity);
  await services.statementEnded(result);
  expect(calls.slice(1)).toEqual(CALLS);
});

describe('all rows come once, in order, then one last word, and nothing is left behind, when SendMessage', () => {
  test.each(interruptionsOf(CALLS))('was $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.statementApi.end(result);
    await services.queue.send({ type: 'run', run: result, statementId: statementId(result), attempt: 1 });
    services.interrupt(kind, nthCall);
    await services.doNextJob();
    await allRowsOnce();
  });
});

describe('an interruption', () => {
  test('by a throttled page goes on with that page, and the client hears that it waits', async () => {
    failNext(services.statementApi, 'fetchPage', undefined, new ThrottledError('20 a second'));
    await services.statementEnded(result);
    expect(client.heard().at(-1)).toMatchObject({ type: 'progress', state: 'waiting' });
    await services.passSeconds(1);
    expect(services.statementApi.fetches).toBe(2);
    expect(seqs()).toEqual([0, 1, 2, 3]);
    await allRowsOnce();
  });

  test('by a throttled page fetches nothing twice, though its rows fill no message', async () => {
    services.statementApi.pages = Array.from({ length: 4 }, (_, row) => [['short', row]]);
    let isThrottled = false;
    beforeEvery(services.statementApi, 'fetchPage', () => {
      isThrottled = !isThrottled;
      if (!isThrottled) {
        throw new ThrottledError('20 a second');
      }
    });
    await services.statementEnded(result);
    await services.passSeconds(60);
    expect(services.statementApi.fetches).toBe(4);
    await allRowsOnce();
  });

  test.each([['first', []], ['second', [undefined]]])('by a throttled %s page is no part of the time that the event took', async (_, before) => {
    failNext(services.statementApi, 'fetchPage', ...before, new ThrottledError('20 a second'));
    await services.statementEnded(result, { ...FINISHED, endedAt: services.time - 50 });
    await services.passSeconds(1);
    expect(client.endings('a')).toMatchObject([{ type: 'complete', timing: { eventMs: 50 } }]);
  });

  test('by an error that no code knows, in answering one of those who wait, is over a second later', async () => {
    failNext(services.results, 'find', new Error('surprise'));
    await services.statementEnded(result);
    expect(seqs()).toEqual([]);
    await services.passSeconds(1);
    expect(seqs()).toEqual([0, 1, 2]);
    await allRowsOnce();
  });

  test('by a full client buffer goes on with the message that did not fit', async () => {
    failNext(services.connections, 'post', undefined, new ServiceBusyError('buffer full'));
    await services.statementEnded(result);
    expect(seqs()).toEqual([0]);
    await services.passSeconds(1);
    expect(seqs()).toEqual([0, 1, 2]);
    await allRowsOnce();
  });

  test('by a client buffer that is full for a while goes on when there is room', async () => {
    const fullUntil = services.time + 20_000;
    beforeEvery(services.connections, 'post', () => {
      if (services.time < fullUntil) {
        throw new ServiceBusyError('buffer full');
      }
    });
    await services.statementEnded(result);
    await services.passSeconds(120);
    expect(seqs()).toEqual([0, 1, 2]);
    await allRowsOnce();
  });

  test('by a client buffer that takes one message a second is no reason to come ever more rarely', async () => {
    services.statementApi.pages = [Array.from({ length: 20 }, (_, row) => ['x'.repeat(20_000), row])];
    let fullUntil = 0;
    beforeEvery(services.connections, 'post', () => {
      if (services.time < fullUntil) {
        throw new ServiceBusyError('buffer full');
      }
      fullUntil = services.time + 1000;
    });
    await services.statementEnded(result);
    await services.passSeconds(25);
    expect(seqs()).toEqual(Array.from({ length: 20 }, (_, seq) => seq));
    expect(client.endings('a')).toMatchObject([{ type: 'complete', rows: 20 }]);
  });

  test('by the end of the time of the function, while it fetches, goes on in the next', async () => {
    services.statementApi.pages = [[['a', 0], ['b', 1]], [['c', 2]], [['d', 3]]];
    beforeEvery(services.statementApi, 'fetchPage', () => void (services.time += 25_000));
    await services.statementEnded(result);
    expect(services.statementApi.fetches).toBe(2);
    await services.passSeconds(100);
    expect(services.statementApi.fetches).toBe(3);
    await allRowsOnce();
  });

  test('by the end of the time of the function, while it posts, goes on in the next where it was', async () => {
    beforeEvery(services.connections, 'post', () => void (services.time += 28_000));
    await services.statementEnded(result);
    expect(seqs()).toEqual([0, 1]);
    await services.passSeconds(200);
    expect(seqs()).toEqual([0, 1, 2]);
    await allRowsOnce();
  });

  test('by the client leaving drops the rest, and is no fault of anybody', async () => {
    services.connections.whenHeard = (_, { type }) => {
      if (type === 'rows') {
        client.vanish();
      }
    };
    await services.statementEnded(result);
    expect(seqs()).toEqual([0]);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters).toEqual([]);
  });

  test('by OnDisconnect ends the work', async () => {
    beforeNext(services.results, 'find', async () => client.disconnect());
    await services.statementEnded(result);
    await services.passSeconds(60);
    expect(seqs()).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

describe('a result that takes long to fetch', () => {
  beforeEach(() => {
    services.statementApi.pages = Array.from({ length: 12 }, (_, row) => [[incompressible(20_000, row), row]]);
    beforeEvery(services.statementApi, 'fetchPage', () => void (services.time += 1000));
  });

  test('is pushed while it is fetched, and each row once', async () => {
    const heardWhileFetching: number[] = [];
    beforeEvery(services.statementApi, 'fetchPage', async () => {
      const [next] = services.queue.jobs;
      if (next.type === 'request' && services.queue.waiting[0].delaySeconds === 0) {
        services.queue.receive();
        await sendMessage(services, next, services.deadline());
        heardWhileFetching.push(seqs().length);
      }
    });
    await services.statementEnded(result);
    expect(heardWhileFetching).toEqual([...heardWhileFetching].sort((one, other) => one - other));
    expect(heardWhileFetching[0]).toBeGreaterThan(0);
    expect(heardWhileFetching.at(-1)).toBeLessThan(12);
    expect(seqs()).toEqual(Array.from({ length: 12 }, (_, seq) => seq));
    expect(client.endings('a')).toMatchObject([{ type: 'complete', rows: 12 }]);
  });

  test('is pushed while it is fetched, though its rows fill no message', async () => {
    services.statementApi.pages = Array.from({ length: 12 }, (_, row) => [['x', row]]);
    await services.statementEnded(result);
    expect(client.rows(result).map(([, row]) => row)).toEqual(services.statementApi.pages.map((_, row) => row));
    expect(client.rowsMessages().map(({ rows }) => rows.length)).toEqual([1, 1, 1, 1, 4, 4]);
  });

  test('is fetched no further when nobody waits any more', async () => {
    beforeEvery(services.statementApi, 'fetchPage', async (_, token?: string) => token === '3' ? client.disconnect() : undefined);
    await services.statementEnded(result);
    expect(services.statementApi.fetches).toBeLessThan(12);
    await services.passSeconds(100);
    expect(services.statementApi.fetches).toBeLessThan(12);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('is fetched on for one who joins in the grace', async () => {
    const other = new MemoryClient(services, 'c2');
    beforeEvery(services.statementApi, 'fetchPage', async (_, token?: string) => token === '3' ? client.disconnect() : undefined);
    await services.statementEnded(result);
    await other.ask('b');
    await services.passSeconds(100);
    expect(other.result('b')).toBe(result);
    expect(other.rows(result)).toHaveLength(12);
    expect(services.statementApi.fetches).toBe(12);
  });
});

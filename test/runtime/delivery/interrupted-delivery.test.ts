import { sendMessage } from '../../../src/runtime/delivery/send-message';
import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import { incompressible } from '../../support/incompressible';
import { beforeEvery, beforeNext, failNext, interruptionsOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';
import { FINISHED, statementId } from '../../support/memory/memory-statement-api';

/**
 * What a function calls for the event of a statement whose result has two pages, for which one client waits; the last row of the first page waits for
 * the second.
 */
const CALLS = [
  'describe', 'fetchPage', 'subscribers', 'acquireRun', 'store', 'saveRun', 'fetchPage', 'store', 'saveRun', 'acquireRequest', 'subscribers', 'expireCachedRun', 'find', 'post', 'post',
  'saveRequest', 'find', 'post', 'endRequest', 'post', 'removeRequest',
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
  await client.submit('a');
  result = client.result('a');
});

async function allRowsOnce(): Promise<void> {
  await services.passSeconds(600);
  expect(client.rows(result).map(([, row]) => row)).toEqual([0, 1, 2, 3]);
  expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: 4 }]);
  expect(services.unfinished()).toEqual(NOTHING);
  expect(services.queue.deadLetters).toEqual([]);
}

function seqs(): number[] {
  return client.rowsMessages().map(({ seq }) => seq);
}

test('SendMessage makes the expected calls in order when a statement has ended', async () => {
  const { calls } = services.interrupt('failure before', Infinity);
  await services.statementEnded(result);
  expect(calls.slice(1)).toEqual(CALLS);
});

describe('SendMessage', () => {
  it.each(interruptionsOf(CALLS))('sends all rows once and in order, then one terminal message, and leaves no records when there is a $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.statementApi.end(result);
    await services.queue.send({ type: 'run', run: result, statementId: statementId(result), attempt: 1 });
    services.interrupt(kind, nthCall);
    await services.doNextJob();
    await allRowsOnce();
  });
});

describe('an interrupted delivery', () => {
  it('continues with the throttled page and sends progress when Redshift throttles a page', async () => {
    failNext(services.statementApi, 'fetchPage', undefined, new ThrottledError('20 a second'));
    await services.statementEnded(result);
    expect(client.received().at(-1)).toMatchObject({ type: 'progress', state: 'waiting' });
    await services.passSeconds(1);
    expect(services.statementApi.fetches).toBe(2);
    expect(seqs()).toEqual([0, 1, 2, 3]);
    await allRowsOnce();
  });

  it('fetches no page twice when Redshift throttles a page and its rows do not fill a message', async () => {
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

  it.each([['first', []], ['second', [undefined]]])('does not include the delay in eventMs when Redshift throttles the %s page', async (_, before) => {
    failNext(services.statementApi, 'fetchPage', ...before, new ThrottledError('20 a second'));
    await services.statementEnded(result, { ...FINISHED, endedAt: services.time - 50 });
    await services.passSeconds(1);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', timing: { eventMs: 50 } }]);
  });

  it('continues a second later when an unknown error occurs for a client', async () => {
    failNext(services.results, 'find', new Error('surprise'));
    await services.statementEnded(result);
    expect(seqs()).toEqual([]);
    await services.passSeconds(1);
    expect(seqs()).toEqual([0, 1, 2]);
    await allRowsOnce();
  });

  it('continues with the message that did not fit when the buffer of the client is full', async () => {
    failNext(services.connections, 'post', undefined, new ServiceBusyError('buffer full'));
    await services.statementEnded(result);
    expect(seqs()).toEqual([0]);
    await services.passSeconds(1);
    expect(seqs()).toEqual([0, 1, 2]);
    await allRowsOnce();
  });

  it('continues when the buffer of the client has space again after 20 seconds', async () => {
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

  it('does not increase the retry delay when the buffer of the client accepts one message per second', async () => {
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
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: 20 }]);
  });

  it('continues in the next function when the time of the function ends during the fetch', async () => {
    services.statementApi.pages = [[['a', 0], ['b', 1]], [['c', 2]], [['d', 3]]];
    beforeEvery(services.statementApi, 'fetchPage', () => void (services.time += 25_000));
    await services.statementEnded(result);
    expect(services.statementApi.fetches).toBe(2);
    await services.passSeconds(100);
    expect(services.statementApi.fetches).toBe(3);
    await allRowsOnce();
  });

  it('continues at the next message in the next function when the time of the function ends between posts', async () => {
    beforeEvery(services.connections, 'post', () => void (services.time += 28_000));
    await services.statementEnded(result);
    expect(seqs()).toEqual([0, 1]);
    await services.passSeconds(200);
    expect(seqs()).toEqual([0, 1, 2]);
    await allRowsOnce();
  });

  it('drops the remaining messages without a dead letter when the client disconnects', async () => {
    services.connections.onPost = (_, { type }) => {
      if (type === 'rows') {
        client.closeConnection();
      }
    };
    await services.statementEnded(result);
    expect(seqs()).toEqual([0]);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters).toEqual([]);
  });

  it('ends when OnDisconnect removes the request', async () => {
    beforeNext(services.results, 'find', async () => client.disconnect());
    await services.statementEnded(result);
    await services.passSeconds(60);
    expect(seqs()).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

describe('a result with a slow fetch', () => {
  beforeEach(() => {
    services.statementApi.pages = Array.from({ length: 12 }, (_, row) => [[incompressible(20_000, row), row]]);
    beforeEvery(services.statementApi, 'fetchPage', () => void (services.time += 1000));
  });

  it('is sent while it is fetched, each row once', async () => {
    const received: number[] = [];
    beforeEvery(services.statementApi, 'fetchPage', async () => {
      const [next] = services.queue.jobs;
      if (next.type === 'request' && services.queue.waiting[0].delaySeconds === 0) {
        services.queue.receive();
        await sendMessage(services, next, services.deadline());
        received.push(seqs().length);
      }
    });
    await services.statementEnded(result);
    expect(received).toEqual([...received].sort((one, other) => one - other));
    expect(received[0]).toBeGreaterThan(0);
    expect(received.at(-1)).toBeLessThan(12);
    expect(seqs()).toEqual(Array.from({ length: 12 }, (_, seq) => seq));
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: 12 }]);
  });

  it('is sent while it is fetched when its rows do not fill a message', async () => {
    services.statementApi.pages = Array.from({ length: 12 }, (_, row) => [['x', row]]);
    await services.statementEnded(result);
    expect(client.rows(result).map(([, row]) => row)).toEqual(services.statementApi.pages.map((_, row) => row));
    expect(client.rowsMessages().map(({ rows }) => rows.length)).toEqual([1, 1, 1, 1, 4, 4]);
  });

  it('is fetched no further when no client is subscribed anymore', async () => {
    beforeEvery(services.statementApi, 'fetchPage', async (_, token?: string) => token === '3' ? client.disconnect() : undefined);
    await services.statementEnded(result);
    expect(services.statementApi.fetches).toBeLessThan(12);
    await services.passSeconds(100);
    expect(services.statementApi.fetches).toBeLessThan(12);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('is fetched to the end when a client joins within the grace period', async () => {
    const other = new MemoryClient(services, 'c2');
    beforeEvery(services.statementApi, 'fetchPage', async (_, token?: string) => token === '3' ? client.disconnect() : undefined);
    await services.statementEnded(result);
    await other.submit('b');
    await services.passSeconds(100);
    expect(other.result('b')).toBe(result);
    expect(other.rows(result)).toHaveLength(12);
    expect(services.statementApi.fetches).toBe(12);
  });
});

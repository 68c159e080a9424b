import { callersKnown, identityOf, signIn } from '../support/callers';
import { MemoryClient } from '../support/memory-client';
import { MemoryServices } from '../support/memory-services';

describe('a caller', () => {
  let services: MemoryServices;

  beforeEach(() => {
    services = callersKnown();
    services.maximumQueriesPerCaller = 2;
  });

  async function connection(id: string, caller = 'ann'): Promise<MemoryClient> {
    const client = new MemoryClient(services, id);
    await signIn(client, identityOf(caller));
    return client;
  }

  test('has no more queries answered at a time than it may, on all its connections together', async () => {
    const [first, second, others] = [await connection('c1'), await connection('c2'), await connection('c3', 'bob')];
    await first.ask('a');
    await second.ask('b', undefined, 'reused');
    await others.ask('o');
    await first.ask('c');
    await services.passSeconds(1);
    expect(first.heard().at(-1)).toEqual({
      type: 'error',
      id: 'c',
      code: 'too_many_queries',
      message: 'At most 2 queries of one caller are answered at a time, on all its connections; wait for one to end, or cancel one.',
      retryable: true,
      limit: 2,
    });
    expect([second, others].map((client) => client.types())).toEqual([['accepted'], ['accepted']]);
  });

  test.each(['ends', 'is cancelled', 'is left'])('may ask again when one of them %s', async (how) => {
    const [first, second] = [await connection('c1'), await connection('c2')];
    await first.ask('a', undefined, 'reused');
    await second.ask('b');
    if (how === 'ends') {
      await services.statementEnded(first.result('a'));
    } else if (how === 'is cancelled') {
      await first.say({ type: 'cancel', id: 'a' });
    } else {
      await first.disconnect();
    }
    await second.ask('c');
    expect(second.heard().at(-1)).toMatchObject({ type: 'accepted', id: 'c' });
  });

  test('that asks more at once than it may, on several connections, has no more than that answered', async () => {
    const clients = [await connection('c1'), await connection('c2'), await connection('c3'), await connection('c4')];
    await Promise.all(clients.map(async (client) => client.ask('a')));
    await services.passSeconds(1);
    const accepted = clients.filter((client) => client.types().includes('accepted'));
    expect(accepted.length).toBeLessThanOrEqual(2);
  });

  test('with more than 100 connections asks nothing more until it closes some', async () => {
    const clients: MemoryClient[] = [];
    for (let number = 1; number <= 101; number += 1) {
      clients.push(await connection(`c${number}`));
    }
    await clients[0].ask('a');
    await services.passSeconds(1);
    expect(clients[0].heard()).toMatchObject([{ type: 'error', id: 'a', code: 'too_many_queries', limit: 100, retryable: true }]);
    await clients[100].disconnect();
    await clients[0].ask('b');
    expect(clients[0].heard().at(-1)).toMatchObject({ type: 'accepted', id: 'b' });
  });
});

describe('what a client is told of its bounds', () => {
  test('are those of the connection, by pong', async () => {
    const services = new MemoryServices();
    const client = new MemoryClient(services, 'c1');
    await client.say({ type: 'ping' });
    const limits = { messageBytes: 32_768, queriesPerConnection: 20, messagesPerSecond: 1000, burst: 2000 };
    expect(client.heard()).toEqual([{ type: 'pong', limits }]);
    services.maximumQueriesPerCaller = 100;
    await client.say({ type: 'ping' });
    expect(client.heard().at(-1)).toEqual({ type: 'pong', limits: { ...limits, queriesPerCaller: 100 } });
  });

  test('are those of the query, by accepted, whether it is asked or resumed', async () => {
    const services = new MemoryServices();
    const client = new MemoryClient(services, 'c1');
    services.queries = { ...services.queries, hasty: { ...services.queries.hasty, maximumRows: 5, maximumBytes: 1000 } };
    await client.ask('a', undefined, 'hasty');
    await client.ask('b');
    await client.say({ type: 'resume', id: 'r', result: client.result('a'), after: -1 });
    await services.passSeconds(0);
    expect(client.heard()).toMatchObject([
      { type: 'accepted', id: 'a', limits: { timeLimitMs: 2000, rows: 5, bytes: 1000 } },
      { type: 'accepted', id: 'b', limits: { timeLimitMs: 900_000 } },
      { type: 'accepted', id: 'r', limits: { timeLimitMs: 2000, rows: 5, bytes: 1000 } },
    ]);
  });
});

import { callersKnown, identityOf, connectAs } from '../../support/callers';
import { beforeNext, interruptionsOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

describe('a caller', () => {
  let services: MemoryServices;

  beforeEach(() => {
    services = callersKnown();
    services.maxQueriesPerCaller = 2;
  });

  async function connection(id: string, caller = 'ann'): Promise<MemoryClient> {
    const client = new MemoryClient(services, id);
    await connectAs(client, identityOf(caller));
    return client;
  }

  it('cannot have more queries in flight than its limit on all its connections together', async () => {
    const [first, second, others] = [await connection('c1'), await connection('c2'), await connection('c3', 'bob')];
    await first.submit('a');
    await second.submit('b', undefined, 'reused');
    await others.submit('o');
    await first.submit('c');
    await services.passSeconds(1);
    expect(first.received().at(-1)).toEqual({
      type: 'error',
      id: 'c',
      code: 'too_many_queries',
      message: 'The caller has reached its limit of 2 queries in flight on all connections. Wait until one ends, or cancel one.',
      retryable: true,
      limit: 2,
    });
    expect([second, others].map((client) => client.types())).toEqual([['accepted'], ['accepted']]);
  });

  it.each(['ends', 'is cancelled', 'loses its connection'])('can submit a query again when one of its queries %s', async (how) => {
    const [first, second] = [await connection('c1'), await connection('c2')];
    await first.submit('a', undefined, 'reused');
    await second.submit('b');
    if (how === 'ends') {
      await services.statementEnded(first.result('a'));
    } else if (how === 'is cancelled') {
      await first.send({ type: 'cancel', id: 'a' });
    } else {
      await first.disconnect();
    }
    await second.submit('c');
    expect(second.received().at(-1)).toMatchObject({ type: 'accepted', id: 'c' });
  });

  it('has its last slot filled by one of two queries that arrive at the same time', async () => {
    const [first, second, third] = [await connection('c1'), await connection('c2'), await connection('c3')];
    await first.submit('a');
    await Promise.all([second.submit('b'), third.submit('c')]);
    expect([...second.types(), ...third.types()].sort()).toEqual(['accepted', 'error']);
  });

  it('has exactly as many queries accepted as allowed when more arrive at the same time on several connections', async () => {
    const clients = [await connection('c1'), await connection('c2'), await connection('c3'), await connection('c4')];
    await Promise.all(clients.map(async (client) => client.submit('a')));
    expect(clients.flatMap((client) => client.types()).sort()).toEqual(['accepted', 'accepted', 'error', 'error']);
  });

  it('can submit queries on any number of connections', async () => {
    for (let number = 1; number <= 300; number += 1) {
      await connection(`idle${number}`);
    }
    const client = await connection('c1');
    await client.submit('a');
    expect(client.types()).toEqual(['accepted']);
  });

  it('can submit queries again when the disconnect events of its former connections were lost', async () => {
    for (const id of ['lost1', 'lost2']) {
      const lost = await connection(id);
      await lost.submit('a');
      lost.closeConnection();
    }
    const client = await connection('c1');
    await client.submit('a');
    expect(client.received()).toMatchObject([{ type: 'error', code: 'too_many_queries' }]);
    await services.passSeconds(60);
    await client.submit('b');
    expect(client.received().at(-1)).toMatchObject({ type: 'accepted', id: 'b' });
  });

  it('can submit the next query as soon as it receives a terminal message', async () => {
    services.maxQueriesPerCaller = 1;
    const client = await connection('c1');
    services.connections.onPost = async (_, message) => {
      if (message.type === 'complete' && message.id === 'a') {
        await client.submit('b');
      }
    };
    await client.submit('a');
    await services.statementEnded(client.result('a'));
    expect(client.received().at(-1)).toMatchObject({ type: 'accepted', id: 'b' });
  });

  it('has queries counted no longer than its session is valid', async () => {
    const client = new MemoryClient(services, 'c1');
    await connectAs(client, identityOf('ann', {}, services.time + 60_000));
    await client.submit('a');
    services.time += 60_000;
    expect(await services.store.slotsInUse('c1', 'hash of ann')).toEqual({ connection: [], caller: [] });
  });
});

describe('the slots of a caller', () => {
  let services: MemoryServices;
  let client: MemoryClient;
  const calls = ['identity', 'createRequest', 'sendAll', 'post', 'start', 'saveRun', 'saveRequest'];

  beforeEach(async () => {
    services = callersKnown();
    client = new MemoryClient(services, 'c1');
    await connectAs(client, identityOf('ann'));
  });

  async function used(): Promise<unknown> {
    const { connection, caller } = await services.store.slotsInUse('c1', 'hash of ann');
    return { connection: connection.length, caller: caller.length };
  }

  const NONE = { connection: 0, caller: 0 };

  it('are used by a query from before it is accepted until its terminal message is stored', async () => {
    const { calls: made } = services.interrupt('failure before', Infinity);
    await client.submit('a');
    expect(made).toEqual(calls);
    expect(await used()).toEqual({ connection: 1, caller: 1 });
    await services.statementEnded(client.result('a'));
    expect(await used()).toEqual(NONE);
  });

  it.each(['cancel', 'disconnect'])('are free when a client ends its query by %s while it is being accepted', async (how) => {
    beforeNext(services.connections, 'post', async () => how === 'cancel' ? client.send({ type: 'cancel', id: 'a' }) : client.disconnect());
    await client.submit('a');
    await services.passSeconds(60);
    expect(await used()).toEqual(NONE);
  });

  it.each(interruptionsOf(calls))('are free when a query has ended whose function was $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.interrupt(kind, nthCall);
    await services.untilDone(async () => client.submit('a'));
    await services.passSeconds(45);
    await Promise.all(services.statementApi.running.map(async (run) => services.statementEnded(run)));
    await services.passSeconds(600);
    await client.disconnect();
    await services.passSeconds(60);
    expect(await used()).toEqual(NONE);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

describe('a rejected message', () => {
  let services: MemoryServices;
  let client: MemoryClient;

  beforeEach(async () => {
    services = new MemoryServices();
    services.maxQueriesPerConnection = 1;
    client = new MemoryClient(services, 'c1');
    await client.submit('a');
  });

  const AFTER_STORING: [code: string, message: object, calls: string[]][] = [
    ['too_many_queries', { type: 'query', id: 'b', query: 'everything' }, ['createRequest', 'slotsInUse', 'post']],
    ['too_many_queries', { type: 'resume', id: 'b', result: 'RESULT', after: -1 }, ['run', 'createRequest', 'slotsInUse', 'post']],
    ['id_in_use', { type: 'query', id: 'a', query: 'everything' }, ['createRequest', 'post']],
    ['id_in_use', { type: 'resume', id: 'a', result: 'RESULT', after: -1 }, ['run', 'createRequest', 'post']],
  ];
  const BEFORE_STORING: typeof AFTER_STORING = [
    ['unknown_id', { type: 'cancel', id: 'b' }, ['takeOverRequest', 'cancelInAdvance', 'post']],
    ['result_expired', { type: 'resume', id: 'b', result: 'none', after: -1 }, ['run', 'post']],
    ['unknown_query', { type: 'query', id: 'b', query: 'none' }, ['post']],
    ['missing_parameter', { type: 'query', id: 'b' }, ['post']],
    ['invalid_message', { type: 'more', result: 'r', credit: 0 }, ['post']],
  ];

  /** Sends a message, and returns the calls and the new jobs. */
  async function send(code: string, message: object): Promise<{ calls: readonly string[]; jobs: number }> {
    const jobs = services.queue.jobs.length;
    const { calls } = services.interrupt('failure before', Infinity);
    await client.send(JSON.stringify(message).replace('RESULT', client.result('a')));
    expect(client.received().at(-1)).toMatchObject({ type: 'error', code });
    return { calls, jobs: services.queue.jobs.length - jobs };
  }

  it.each([...AFTER_STORING, ...BEFORE_STORING])('%s costs few calls, and no job, when a request of the connection was rejected before', async (code, message, calls) => {
    services.recentRejections.add('c1');
    expect(await send(code, message)).toEqual({ calls, jobs: 0 });
  });

  it.each(AFTER_STORING)('%s also costs a recovery job, and the first check of a query, when no request of the connection was rejected before', async (code, message, calls) => {
    const withJobs = calls.flatMap((call) => call === 'createRequest' ? [call, 'sendAll'] : [call]);
    expect(await send(code, message)).toEqual({ calls: withJobs, jobs: 'query' in message ? 2 : 1 });
  });

  it.each(BEFORE_STORING)('%s costs no job when no request of the connection was rejected before', async (code, message, calls) => {
    expect(await send(code, message)).toEqual({ calls, jobs: 0 });
  });

  it('delays no other client when there are a thousand of them in a second', async () => {
    await client.submit('rejected');
    const before = [...services.queue.jobs];
    for (let number = 0; number < 1000; number += 1) {
      await client.submit(`rejected ${number}`);
    }
    expect(client.received().filter((message) => message.type === 'error' && message.code === 'too_many_queries')).toHaveLength(1001);
    expect(services.queue.jobs).toEqual(before);
    const other = new MemoryClient(services, 'c2');
    await other.submit('b', undefined, 'reused');
    await services.statementEnded(other.result('b'));
    expect(other.types()).toEqual(['accepted', 'rows', 'complete']);
    expect(services.time).toBe(1_000_000);
  });
});

describe('the limits that a client receives', () => {
  it('are those of the connection in pong', async () => {
    const services = new MemoryServices();
    const client = new MemoryClient(services, 'c1');
    await client.send({ type: 'ping' });
    const limits = { messageBytes: 32_768, queriesPerConnection: 20, messagesPerSecond: 1000, burst: 2000 };
    expect(client.received()).toEqual([{ type: 'pong', limits }]);
    services.maxQueriesPerCaller = 100;
    await client.send({ type: 'ping' });
    expect(client.received().at(-1)).toEqual({ type: 'pong', limits: { ...limits, queriesPerCaller: 100 } });
  });

  it('are those of the query in accepted when it is submitted or resumed', async () => {
    const services = new MemoryServices();
    const client = new MemoryClient(services, 'c1');
    services.queries = { ...services.queries, shortTimeout: { ...services.queries.shortTimeout, maxRows: 5, maxResultBytes: 1000 } };
    await client.submit('a', undefined, 'shortTimeout');
    await client.submit('b');
    await client.send({ type: 'resume', id: 'r', result: client.result('a'), after: -1 });
    await services.passSeconds(0);
    expect(client.received()).toMatchObject([
      { type: 'accepted', id: 'a', limits: { timeLimitMs: 2000, rows: 5, bytes: 1000 } },
      { type: 'accepted', id: 'b', limits: { timeLimitMs: 900_000 } },
      { type: 'accepted', id: 'r', limits: { timeLimitMs: 2000, rows: 5, bytes: 1000 } },
    ]);
  });
});

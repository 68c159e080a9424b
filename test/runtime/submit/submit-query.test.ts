import { ServiceBusyError, ThrottledError, StatementRejectedError } from '../../../src/runtime/model/errors';
import type { DelayedJob, Job } from '../../../src/runtime/model/jobs';
import { beforeEvery, failNext } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

const QUERY = { type: 'query', id: 'a', parameters: { trip_month: '2015-01' } };

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
});

describe('a query in a message', () => {
  it('is stored and has a recovery job before it is accepted and started', async () => {
    const { queue, store, connections, statementApi } = services;
    const order: string[] = [];
    beforeEvery(queue, 'sendAll', (jobs: DelayedJob[]) => void order.push(...jobs.map(({ job }) => job.type === 'run' ? `check ${job.check}` : 'recovery job')));
    beforeEvery(store, 'createRequest', () => void order.push('request'));
    beforeEvery(connections, 'post', () => void order.push('accepted'));
    beforeEvery(statementApi, 'start', () => void order.push('start'));
    await client.send(QUERY);
    expect(order).toEqual(['request', 'recovery job', 'check 0', 'accepted', 'start']);
  });

  it('starts a statement with its parameters and the name of its result', async () => {
    await client.send(QUERY);
    const run = client.result('a');
    expect(client.received()).toEqual([{ type: 'accepted', id: 'a', result: run, shared: false, cached: false, limits: { timeLimitMs: 900_000 } }]);
    const { target } = services;
    expect(services.statementApi.started).toEqual([{ run, target, sql: 'SELECT :trip_month', parameters: { trip_month: '2015-01' } }]);
  });

  it('has a recovery job that runs after the timeout of the function', async () => {
    await client.send(QUERY);
    expect(services.queue.waiting).toContainEqual(expect.objectContaining({ job: expect.objectContaining({ type: 'request', id: 'a' }), delaySeconds: 30 }));
  });

  it('can name one of several queries', async () => {
    await client.send({ type: 'query', id: 'a', query: 'everything' });
    expect(services.statementApi.started).toMatchObject([{ sql: 'SELECT 1', parameters: {} }]);
  });

  it('has its own result when there are several queries on the connection', async () => {
    await client.submit('a');
    await client.submit('b', undefined, 'reused');
    await services.statementEnded(client.result('b'));
    expect(client.resultMessages()).toMatchObject([{ type: 'rows', result: client.result('b') }, { type: 'complete', result: client.result('b') }]);
    await services.statementEnded(client.result('a'));
    expect(client.resultMessages().slice(2)).toMatchObject([{ type: 'rows', result: client.result('a') }, { type: 'complete', result: client.result('a') }]);
  });

  it('stores only records that expire', async () => {
    await client.send(QUERY);
    expect(services.storedKeys().map((key) => key.split(' ')[1].split('#')[0]).sort()).toEqual(['request', 'request', 'run', 'run', 'slot']);
    services.time += 5 * 60 * 60 * 1000;
    services.purge();
    expect(services.storedKeys()).toEqual([]);
  });

  it('leaves no records and no running statement when the client has disconnected in the meantime', async () => {
    client.closeConnection();
    await client.send(QUERY);
    await services.passSeconds(90);
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters).toEqual([]);
  });

  it('is accepted later and completes when the buffer of the client is full', async () => {
    failNext(services.connections, 'post', new ServiceBusyError('buffer full'));
    await client.send(QUERY);
    expect(client.received()).toEqual([]);
    await services.passSeconds(2);
    expect(client.types()).toEqual(['accepted']);
    await services.statementEnded(client.result('a'));
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
  });

  it('can reuse an id as soon as the client receives the terminal message', async () => {
    await client.submit('a');
    services.connections.onPost = async (_, { type }) => {
      if (type === 'complete') {
        services.connections.onPost = undefined;
        await client.submit('a', undefined, 'reused');
      }
    };
    await services.statementEnded(client.result('a'));
    await services.statementEnded(client.result('a'));
    await services.passSeconds(60);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete', 'accepted', 'rows', 'complete']);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

describe('a query that Redshift throttles', () => {
  it('causes progress immediately, and starts when Redshift accepts statements', async () => {
    failNext(services.statementApi, 'start', new ThrottledError('30 a second'));
    await client.submit('a');
    expect(client.received()).toMatchObject([{ type: 'accepted' }, { type: 'progress', state: 'waiting', elapsedMs: 0, result: client.result('a') }]);
    expect(services.statementApi.started).toEqual([]);
    await services.passSeconds(1);
    expect(services.statementApi.running).toEqual([client.result('a')]);
    await services.statementEnded(client.result('a'));
    expect(client.types()).toEqual(['accepted', 'progress', 'rows', 'complete']);
  });

  it('waits longer before each attempt, and starts once', async () => {
    failNext(services.statementApi, 'start', ...Array.from({ length: 4 }, () => new ServiceBusyError('500 active statements')));
    await client.submit('a');
    const delays: number[] = [];
    beforeEvery(services.queue, 'send', ({ type, check }: Job & { check?: number }, delaySeconds: number) => {
      if (type === 'run' && check === undefined) {
        delays.push(delaySeconds);
      }
    });
    await services.passSeconds(60);
    expect(delays).toEqual([2, 4]);
    expect(services.statementApi.started).toHaveLength(1);
  });

  it('causes progress less and less often, and at least once a minute', async () => {
    beforeEvery(services.statementApi, 'start', () => {
      throw new ThrottledError('500 active statements');
    });
    await client.submit('a');
    await services.passSeconds(600);
    const received = client.received().flatMap((message) => message.type === 'progress' ? [message] : []);
    expect(new Set(received.map(({ state }) => state))).toEqual(new Set(['waiting']));
    const gaps = received.slice(1).map(({ elapsedMs }, index) => elapsedMs - received[index].elapsedMs);
    expect(gaps[0]).toBe(5000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60_000);
    expect(gaps).toEqual([...gaps].sort((one, other) => one - other));
  });

  it('starts when the client cannot receive progress', async () => {
    failNext(services.statementApi, 'start', new ThrottledError('30 a second'));
    failNext(services.connections, 'post', undefined, new ServiceBusyError('buffer full'));
    await client.submit('a');
    await services.passSeconds(1);
    expect(client.types()).toEqual(['accepted']);
    expect(services.statementApi.running).toEqual([client.result('a')]);
  });
});

describe('a query that Redshift rejects', () => {
  beforeEach(() => failNext(services.statementApi, 'start', ...Array.from({ length: 2 }, () => new StatementRejectedError('AccessDeniedException: role/secret-role'))));

  it('ends in an error without details of the account', async () => {
    await client.send(QUERY);
    await services.passSeconds(1);
    expect(client.resultMessages()).toMatchObject([{ type: 'error', result: client.result('a'), code: 'start_refused', retryable: false }]);
    expect(JSON.stringify(services.connections.posted)).not.toContain('secret-role');
    expect(services.entries).toContainEqual(expect.objectContaining({ event: 'statement_rejected', reason: expect.stringContaining('secret-role') }));
  });

  it('releases its id, and its error is not reused', async () => {
    await client.send(QUERY);
    await services.passSeconds(1);
    await client.send(QUERY);
    await services.statementEnded(client.result('a'));
    expect(client.resultMessages()).toMatchObject([{ code: 'start_refused' }, { type: 'rows' }, { type: 'complete' }]);
  });
});

test('a query that fails to start with an unknown error starts when the queue retries it', async () => {
  failNext(services.statementApi, 'start', new Error('surprise'), new Error('surprise'));
  await client.submit('a');
  await services.passSeconds(10);
  expect(services.statementApi.running).toEqual([client.result('a')]);
  await services.statementEnded(client.result('a'));
  expect(client.resultMessages()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
  await services.passSeconds(120);
  expect(services.unfinished()).toEqual(NOTHING);
});

test('a ping causes a pong', async () => {
  await client.send({ type: 'ping' });
  expect(client.received()).toMatchObject([{ type: 'pong' }]);
});

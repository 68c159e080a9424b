import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import type { Run } from '../../../src/runtime/model/run';
import { beforeEvery, beforeNext, failNext, interruptionsOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

const EVERYTHING = { query: 'everything' };

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
});

describe('connecting', () => {
  test('without a query string asks nothing', async () => {
    expect(await client.connect()).toEqual({ accepted: true });
    expect([...services.queue.jobs, ...services.store.items()]).toEqual([]);
  });

  test('with the parameters in the query string starts the query at once, and announces it when the connection is open', async () => {
    expect(await client.connect({ trip_month: '2015-01' })).toEqual({ accepted: true });
    expect(services.statementApi.started).toMatchObject([{ sql: 'SELECT :trip_month', parameters: { trip_month: '2015-01' } }]);
    expect(client.heard()).toEqual([]);
    client.open();
    await services.passSeconds(1);
    const [{ run }] = services.statementApi.started;
    expect(client.heard()).toEqual([{ type: 'accepted', id: 'connect', result: run, shared: false, cached: false, limits: { timeLimitMs: 900_000 } }]);
  });

  test('with a query without parameters starts it by its name', async () => {
    await client.connect(EVERYTHING);
    expect(services.statementApi.started).toMatchObject([{ sql: 'SELECT 1', parameters: {} }]);
  });

  it('opens the connection and rejects the query when the URL has a token that no access control asks for', async () => {
    expect(await client.connect({ query: 'everything', token: 'x' })).toEqual({ accepted: true });
    client.open();
    await services.passSeconds(1);
    expect(client.heard()).toMatchObject([{ type: 'error', id: 'connect', code: 'unknown_parameter', message: expect.stringContaining('"token"') }]);
  });

  test('with a signed address takes the signature for no parameter', async () => {
    await client.connect({ 'X-Amz-Signature': 'x', 'X-Amz-Date': 'y' });
    expect([...services.queue.jobs, ...services.store.items()]).toEqual([]);
  });

  test.each([
    ['wrong parameters', { trip_month: 'May' }, 'invalid_parameter'],
    ['an unknown query', { query: 'nothing' }, 'unknown_query'],
  ])('with %s opens the connection, and says there what is wrong', async (_, queryString, code) => {
    expect(await client.connect(queryString)).toEqual({ accepted: true });
    client.open();
    await services.passSeconds(1);
    expect(client.heard()).toMatchObject([{ type: 'error', id: 'connect', code }]);
    expect([...services.queue.jobs, ...services.store.items()]).toEqual([]);
  });

  test('while the table is busy opens the connection, and says there that the query failed', async () => {
    failNext(services.store, 'createRequest', new ServiceBusyError('throttled'));
    expect(await client.connect(EVERYTHING)).toEqual({ accepted: true });
    client.open();
    await services.passSeconds(120);
    expect(client.heard()).toMatchObject([{ type: 'error', id: 'connect', code: 'internal', retryable: true }]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('is told nothing any more when the connection never opens', async () => {
    await client.connect({ trip_month: 'May' });
    await services.passSeconds(90);
    expect(services.entries).toContainEqual({ level: 'info', event: 'message_dropped', connection_id: 'c1' });
    expect(services.queue.jobs).toEqual([]);
  });

  test.each([
    [['redshift-query.v1'], { accepted: true, subprotocol: 'redshift-query.v1' }],
    [['other', 'redshift-query.v1'], { accepted: true, subprotocol: 'redshift-query.v1' }],
    [['other'], { accepted: false }],
  ])('with the subprotocols %j is answered by %j', async (subprotocols, answer) => {
    expect(await client.connect(EVERYTHING, subprotocols)).toEqual(answer);
    expect(services.statementApi.started).toHaveLength(answer.accepted ? 1 : 0);
  });
});

describe('a query in the address of a connection that is not open yet', () => {
  test('is answered when it opens: accepted, rows and the last word, in this order', async () => {
    await client.connect(EVERYTHING);
    const [{ run }] = services.statementApi.started;
    await services.statementEnded(run);
    await services.passSeconds(10);
    expect(client.heard()).toEqual([]);
    client.open();
    await services.passSeconds(20);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('is announced once where it opens between the first try and the end of the statement', async () => {
    await client.connect(EVERYTHING);
    await services.doNextJob();
    client.open();
    await services.statementEnded(services.statementApi.started[0].run);
    await services.passSeconds(60);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
  });

  test('goes on with the rows where it opens only for a moment', async () => {
    services.statementApi.pages = [[['x'.repeat(20_000), 1], ['y'.repeat(20_000), 2]]];
    await client.connect(EVERYTHING);
    client.open();
    services.connections.whenHeard = (_, { type }) => {
      if (type === 'rows') {
        client.vanish();
        services.connections.whenHeard = undefined;
      }
    };
    await services.statementEnded(services.statementApi.started[0].run);
    client.open();
    await services.passSeconds(60);
    expect(client.rowsMessages().map(({ seq }) => seq)).toEqual([0, 1]);
    expect(client.endings('connect')).toMatchObject([{ type: 'complete' }]);
  });

  test('is answered by an error in its turn', async () => {
    await client.connect(EVERYTHING);
    await services.statementEnded(services.statementApi.started[0].run, { state: 'failed', hasResultSet: false, runningMs: 1, error: 'ERROR: no table' });
    client.open();
    await services.passSeconds(60);
    expect(client.heard()).toMatchObject([{ type: 'accepted' }, { type: 'error', code: 'statement_failed' }]);
  });

  test('is answered from a kept result', async () => {
    const other = new MemoryClient(services, 'c2');
    await other.ask('a', undefined, 'reused');
    await services.statementEnded(other.result('a'));
    await client.connect({ query: 'reused' });
    client.open();
    await services.passSeconds(1);
    expect(client.heard()).toMatchObject([{ type: 'accepted', id: 'connect', cached: true }, { type: 'rows' }, { type: 'complete' }]);
  });

  test('is given up 30 seconds after it was requested, and its statement is cancelled', async () => {
    await client.connect(EVERYTHING);
    await services.passSeconds(29);
    expect(services.unfinished().requests).not.toEqual([]);
    expect(services.statementApi.running).toHaveLength(1);
    await services.passSeconds(91);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters).toEqual([]);
  });

  test('is started when Redshift has room', async () => {
    failNext(services.statementApi, 'start', new ThrottledError('30 a second'));
    await client.connect(EVERYTHING);
    client.open();
    await services.passSeconds(1);
    expect(services.statementApi.running).toEqual([client.result('connect')]);
  });

  test('does not hold up others who wait for the same result', async () => {
    const other = new MemoryClient(services, 'c2');
    await client.connect(EVERYTHING);
    await other.ask('a');
    await services.statementEnded(other.result('a'));
    expect(other.types()).toEqual(['accepted', 'rows', 'complete']);
    client.open();
    await services.passSeconds(30);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
  });

  test('is answered though its run was about to be closed, since others had left it', async () => {
    const other = new MemoryClient(services, 'c2');
    await other.ask('a');
    await other.disconnect();
    beforeEvery(services.store, 'saveRun', async (_run, _lease, { state }: Partial<Run>) => {
      if (state === 'closed') {
        await client.connect(EVERYTHING);
        client.open();
        beforeNext(services.store, 'subscribers', async () => services.passSeconds(0));
      }
    });
    await services.passSeconds(60);
    await Promise.all(services.statementApi.running.map(async (run) => services.statementEnded(run)));
    await services.passSeconds(60);
    expect(client.answered()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
  });
});

describe('a query in the address is accepted and answered, once, when SendMessage', () => {
  const calls = ['acquireRequest', 'subscribe', 'run', 'saveRequest', 'post', 'run', 'saveRequest'];

  beforeEach(async () => {
    await client.connect(EVERYTHING);
    client.open();
  });

  test('makes the calls below', async () => {
    const { calls: made } = services.interrupt('busy before', Infinity);
    await services.doNextJob();
    expect(made).toEqual(calls);
  });

  test.each(interruptionsOf(calls))('was $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.interrupt(kind, nthCall);
    await services.doNextJob();
    await services.passSeconds(10);
    await services.statementEnded(services.statementApi.started[0].run);
    await services.passSeconds(600);
    expect(client.rows(client.result('connect'))).toEqual(services.statementApi.pages[0]);
    expect(client.endings('connect')).toMatchObject([{ type: 'complete' }]);
    expect(client.types().find((type) => type !== 'progress')).toBe('accepted');
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

test('a client that has spoken is known to be open: one that is not found has left, however young its connection', async () => {
  await client.ask('a');
  client.vanish();
  await services.statementEnded(client.result('a'));
  expect(services.unfinished().requests).toEqual([]);
});

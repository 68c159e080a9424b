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

describe('OnConnect', () => {
  it('submits no query when the URL has no query string', async () => {
    expect(await client.connect()).toEqual({ accepted: true });
    expect([...services.queue.jobs, ...services.storedKeys()]).toEqual([]);
  });

  it('starts the query in the query string immediately, and the client receives accepted when the connection is open', async () => {
    expect(await client.connect({ trip_month: '2015-01' })).toEqual({ accepted: true });
    expect(services.statementApi.started).toMatchObject([{ sql: 'SELECT :trip_month', parameters: { trip_month: '2015-01' } }]);
    expect(client.received()).toEqual([]);
    client.open();
    await services.passSeconds(1);
    const [{ run }] = services.statementApi.started;
    expect(client.received()).toEqual([{ type: 'accepted', id: 'connect', result: run, shared: false, cached: false, limits: { timeLimitMs: 900_000 } }]);
  });

  it('starts a query without parameters by its name', async () => {
    await client.connect(EVERYTHING);
    expect(services.statementApi.started).toMatchObject([{ sql: 'SELECT 1', parameters: {} }]);
  });

  it('opens the connection and rejects the query when the URL has a token that no access control uses', async () => {
    expect(await client.connect({ query: 'everything', token: 'x' })).toEqual({ accepted: true });
    client.open();
    await services.passSeconds(1);
    expect(client.received()).toMatchObject([{ type: 'error', id: 'connect', code: 'unknown_parameter', message: expect.stringContaining('"token"') }]);
  });

  it('ignores the signature parameters of a signed URL', async () => {
    await client.connect({ 'X-Amz-Signature': 'x', 'X-Amz-Date': 'y' });
    expect([...services.queue.jobs, ...services.storedKeys()]).toEqual([]);
  });

  it.each([
    ['wrong parameters', { trip_month: 'May' }, 'invalid_parameter'],
    ['an unknown query', { query: 'nothing' }, 'unknown_query'],
  ])('opens the connection and sends an error there when the query string has %s', async (_, queryString, code) => {
    expect(await client.connect(queryString)).toEqual({ accepted: true });
    client.open();
    await services.passSeconds(1);
    expect(client.received()).toMatchObject([{ type: 'error', id: 'connect', code }]);
    expect([...services.queue.jobs, ...services.storedKeys()]).toEqual([]);
  });

  it('opens the connection and sends an error there when the table is busy', async () => {
    failNext(services.store, 'createRequest', new ServiceBusyError('throttled'));
    expect(await client.connect(EVERYTHING)).toEqual({ accepted: true });
    client.open();
    await services.passSeconds(120);
    expect(client.received()).toMatchObject([{ type: 'error', id: 'connect', code: 'internal', retryable: true }]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('causes no further messages when the connection never opens', async () => {
    await client.connect({ trip_month: 'May' });
    await services.passSeconds(90);
    expect(services.entries).toContainEqual({ level: 'info', event: 'message_dropped', connection_id: 'c1' });
    expect(services.queue.jobs).toEqual([]);
  });

  it.each([
    [['redshift-query.v1'], { accepted: true, subprotocol: 'redshift-query.v1' }],
    [['other', 'redshift-query.v1'], { accepted: true, subprotocol: 'redshift-query.v1' }],
    [['other'], { accepted: false }],
  ])('accepts or rejects the subprotocols %j with the response %j', async (subprotocols, response) => {
    expect(await client.connect(EVERYTHING, subprotocols)).toEqual(response);
    expect(services.statementApi.started).toHaveLength(response.accepted ? 1 : 0);
  });
});

describe('a query in the URL of a connection that is not open yet', () => {
  it('is delivered as accepted, rows and complete in this order when the connection opens', async () => {
    await client.connect(EVERYTHING);
    const [{ run }] = services.statementApi.started;
    await services.statementEnded(run);
    await services.passSeconds(10);
    expect(client.received()).toEqual([]);
    client.open();
    await services.passSeconds(20);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('is accepted once when the connection opens between the first attempt and the end of the statement', async () => {
    await client.connect(EVERYTHING);
    await services.doNextJob();
    client.open();
    await services.statementEnded(services.statementApi.started[0].run);
    await services.passSeconds(60);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
  });

  it('continues with the rows when the connection is briefly reported as gone', async () => {
    services.statementApi.pages = [[['x'.repeat(20_000), 1], ['y'.repeat(20_000), 2]]];
    await client.connect(EVERYTHING);
    client.open();
    services.connections.onPost = (_, { type }) => {
      if (type === 'rows') {
        client.closeConnection();
        services.connections.onPost = undefined;
      }
    };
    await services.statementEnded(services.statementApi.started[0].run);
    client.open();
    await services.passSeconds(60);
    expect(client.rowsMessages().map(({ seq }) => seq)).toEqual([0, 1]);
    expect(client.terminalMessages('connect')).toMatchObject([{ type: 'complete' }]);
  });

  it('ends with accepted and then an error when the statement fails', async () => {
    await client.connect(EVERYTHING);
    await services.statementEnded(services.statementApi.started[0].run, { state: 'failed', hasResultSet: false, runningMs: 1, error: 'ERROR: no table' });
    client.open();
    await services.passSeconds(60);
    expect(client.received()).toMatchObject([{ type: 'accepted' }, { type: 'error', code: 'statement_failed' }]);
  });

  it('is completed from a stored result', async () => {
    const other = new MemoryClient(services, 'c2');
    await other.submit('a', undefined, 'reused');
    await services.statementEnded(other.result('a'));
    await client.connect({ query: 'reused' });
    client.open();
    await services.passSeconds(1);
    expect(client.received()).toMatchObject([{ type: 'accepted', id: 'connect', cached: true }, { type: 'rows' }, { type: 'complete' }]);
  });

  it('is removed 30 seconds after the connect request, and its statement is canceled, when the connection never opens', async () => {
    await client.connect(EVERYTHING);
    await services.passSeconds(29);
    expect(services.unfinished().requests).not.toEqual([]);
    expect(services.statementApi.running).toHaveLength(1);
    await services.passSeconds(91);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters).toEqual([]);
  });

  it('starts when Redshift accepts statements again', async () => {
    failNext(services.statementApi, 'start', new ThrottledError('30 a second'));
    await client.connect(EVERYTHING);
    client.open();
    await services.passSeconds(1);
    expect(services.statementApi.running).toEqual([client.result('connect')]);
  });

  it('does not delay other subscribers of the same result', async () => {
    const other = new MemoryClient(services, 'c2');
    await client.connect(EVERYTHING);
    await other.submit('a');
    await services.statementEnded(other.result('a'));
    expect(other.types()).toEqual(['accepted', 'rows', 'complete']);
    client.open();
    await services.passSeconds(30);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
  });

  it('is completed when its run is about to be closed because the other subscribers have left', async () => {
    const other = new MemoryClient(services, 'c2');
    await other.submit('a');
    await other.disconnect();
    beforeEvery(services.store, 'saveRun', async (_run, _lease, { isClosed }: Partial<Run>) => {
      if (isClosed) {
        await client.connect(EVERYTHING);
        client.open();
        beforeNext(services.store, 'subscribers', async () => services.passSeconds(0));
      }
    });
    await services.passSeconds(60);
    await Promise.all(services.statementApi.running.map(async (run) => services.statementEnded(run)));
    await services.passSeconds(60);
    expect(client.resultMessages()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
  });
});

describe('SendMessage for a query in the URL', () => {
  const calls = ['acquireRequest', 'run', 'post', 'run', 'saveRequest'];

  beforeEach(async () => {
    await client.connect(EVERYTHING);
    client.open();
  });

  it('makes the expected calls in order', async () => {
    const { calls: made } = services.interrupt('failure before', Infinity);
    await services.doNextJob();
    expect(made).toEqual(calls);
  });

  it.each(interruptionsOf(calls))('accepts and completes the query once when there is a $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.interrupt(kind, nthCall);
    await services.doNextJob();
    await services.passSeconds(10);
    await services.statementEnded(services.statementApi.started[0].run);
    await services.passSeconds(600);
    expect(client.rows(client.result('connect'))).toEqual(services.statementApi.pages[0]);
    expect(client.terminalMessages('connect')).toMatchObject([{ type: 'complete' }]);
    expect(client.types().find((type) => type !== 'progress')).toBe('accepted');
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

test('a client that has sent a message has left when its connection is not found, even if the connection is new', async () => {
  await client.submit('a');
  client.closeConnection();
  await services.statementEnded(client.result('a'));
  expect(services.unfinished().requests).toEqual([]);
});

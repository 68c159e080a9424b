import { onConnect } from '../../src/runtime/on-connect';
import { onDisconnect } from '../../src/runtime/on-disconnect';
import { onMessage } from '../../src/runtime/on-message';
import { ServiceBusy, StatementRefused } from '../../src/runtime/ports';
import { MemoryServices } from '../support/memory-services';

const CONNECTION = { connectionId: 'c1', connectedAt: 1_000_000, opened: true };
const OPENING = { connection: { ...CONNECTION, opened: false }, queryString: {}, subprotocols: [] };

let services: MemoryServices;

beforeEach(() => {
  services = new MemoryServices();
  services.connections.open.add('c1');
});

function say(message: unknown): Promise<void> {
  return onMessage(services, CONNECTION, typeof message === 'string' ? message : JSON.stringify(message));
}

const QUERY = { type: 'query', id: 'a', parameters: { trip_month: '2015-01' } };

describe('a query by message', () => {
  test('is stored, accepted, and started, in this order', async () => {
    const order: string[] = [];
    const { store, connections, warehouse } = services;
    for (const [name, port, method] of [['store', store, 'create'], ['accepted', connections, 'post'], ['start', warehouse, 'start']] as const) {
      const original = (port as any)[method].bind(port);
      (port as any)[method] = (...inputs: unknown[]) => {
        order.push(name);
        return original(...inputs);
      };
    }
    await say(QUERY);
    expect(order).toEqual(['store', 'accepted', 'start']);
    expect(services.warehouse.started).toEqual([{ run: 'run-1', sql: 'SELECT :trip_month', parameters: { trip_month: '2015-01' } }]);
    expect(services.connections.messages('c1')).toEqual([{ type: 'accepted', id: 'a', result: 'run-1', shared: false, cached: false }]);
  });

  test('may name one of several queries', async () => {
    await say({ type: 'query', id: 'a', query: 'everything' });
    expect(services.warehouse.started).toMatchObject([{ sql: 'SELECT 1' }]);
  });

  test('is one of several on the same connection', async () => {
    await say(QUERY);
    await say({ ...QUERY, id: 'b' });
    expect(services.connections.messages('c1')).toMatchObject([{ id: 'a', result: 'run-1' }, { id: 'b', result: 'run-2' }]);
  });

  test('expires by itself two days later', async () => {
    await say(QUERY);
    expect(services.store.runs.get('run-1')?.run.expiresAt).toBe(1000 + 2 * 24 * 3600);
  });

  test('is not started when the client left meanwhile', async () => {
    services.connections.open.clear();
    await say(QUERY);
    expect(services.warehouse.started).toEqual([]);
    expect(services.store.runs.size + services.store.requests.size).toBe(0);
  });

  test('is accepted later, and started all the same, while the client cannot take a post', async () => {
    services.connections.errors.push(new ServiceBusy('buffer full'));
    await say(QUERY);
    expect(services.warehouse.started).toHaveLength(1);
    await services.doNextJob();
    expect(services.connections.messages('c1')).toEqual([{ type: 'accepted', id: 'a', result: 'run-1', shared: false, cached: false }]);
  });

  test('waits in the queue while the warehouse is busy, and longer each time', async () => {
    services.warehouse.errors.push(new ServiceBusy('x'), new ServiceBusy('x'), new ServiceBusy('x'), new ServiceBusy('x'));
    await say(QUERY);
    const delays: number[] = [];
    while (services.queue.jobs.length > 0) {
      delays.push(services.queue.jobs[0].delaySeconds);
      await services.doNextJob();
    }
    expect(delays).toEqual([1, 2, 4, 8]);
    expect(services.warehouse.started).toHaveLength(1);
    expect(services.connections.messages('c1')).toMatchObject([{ type: 'accepted' }]);
  });

  test('that Redshift refuses ends in an error that tells the client nothing of the account, and frees the id', async () => {
    services.warehouse.errors.push(new StatementRefused('AccessDeniedException: role/secret-role may not'));
    await say(QUERY);
    expect(services.connections.messages('c1')[1]).toMatchObject({ type: 'error', result: 'run-1', code: 'start_refused', retryable: false });
    expect(JSON.stringify(services.connections.posted)).not.toContain('secret-role');
    expect(services.entries).toContainEqual(expect.objectContaining({ notice: 'start refused', reason: expect.stringContaining('secret-role') }));
    await say(QUERY);
    expect(services.connections.messages('c1')[2]).toMatchObject({ type: 'accepted', id: 'a' });
  });

  test('that fails for a reason of ours ends in an error with its id, and frees the id', async () => {
    services.warehouse.errors.push(new Error('no table'));
    await say(QUERY);
    expect(services.connections.messages('c1')[1]).toMatchObject({ type: 'error', id: 'a', code: 'internal', retryable: true });
    expect(services.store.runs.size + services.store.requests.size).toBe(0);
  });
});

describe('is answered by an error, and asks nothing, when', () => {
  test.each([
    ['it is not JSON', '{', { code: 'invalid_json' }],
    ['it is empty', '', { code: 'invalid_json' }],
    ['it is a list', '[]', { code: 'invalid_message' }],
    ['it is null', 'null', { code: 'invalid_message' }],
    ['it has no type', { id: 'a' }, { code: 'invalid_message', id: 'a' }],
    ['its type is unknown', { type: 'toString', id: 'a' }, { code: 'unknown_type', id: 'a' }],
    ['it has no id', { type: 'query', parameters: {} }, { code: 'invalid_message' }],
    ['its id is a number', { ...QUERY, id: 1 }, { code: 'invalid_message' }],
    ['its id is too long', { ...QUERY, id: 'x'.repeat(129) }, { code: 'invalid_message' }],
    ['a field is unknown', { ...QUERY, paramters: {} }, { code: 'unknown_field', id: 'a', message: expect.stringContaining('"paramters"') }],
    ['an option is unknown', { ...QUERY, options: { speed: 1 } }, { code: 'unknown_field', message: expect.stringContaining('"options.speed"') }],
    ['its parameters are a list', { ...QUERY, parameters: [] }, { code: 'invalid_message', id: 'a' }],
    ['the query is a number', { ...QUERY, query: 1 }, { code: 'invalid_message', id: 'a' }],
    ['the query is unknown', { ...QUERY, query: 'toString' }, { code: 'unknown_query', id: 'a', message: expect.stringContaining('"default", "everything"') }],
    ['a parameter is missing', { type: 'query', id: 'a' }, { code: 'missing_parameter', message: expect.stringContaining('"trip_month"') }],
    ['a parameter is unknown', { ...QUERY, parameters: { trip_month: '2015-01', zone: 'x' } }, { code: 'unknown_parameter', message: expect.stringContaining('"zone"') }],
    ['a parameter is named like a part of every object', '{"type":"query","id":"a","parameters":{"trip_month":"2015-01","__proto__":"x"}}', { code: 'unknown_parameter' }],
    ['a parameter is a number', { ...QUERY, parameters: { trip_month: 201501 } }, { code: 'invalid_parameter', message: expect.stringContaining('"trip_month"') }],
    ['a parameter is outside its pattern', { ...QUERY, parameters: { trip_month: '2015-13' } }, { code: 'invalid_parameter', message: expect.stringContaining('^\\d{4}') }],
    ['a parameter is too short', { ...QUERY, parameters: { trip_month: '' } }, { code: 'invalid_parameter', message: expect.stringContaining('0 characters; it needs 7 to 7') }],
    ['a parameter is too long', { ...QUERY, parameters: { trip_month: '2015-001' } }, { code: 'invalid_parameter', message: expect.stringContaining('8 characters') }],
    ['it has 128 KB', 'x'.repeat(128 * 1024), { code: 'message_too_large', message: 'The message has 131072 bytes; at most 32768 are accepted.' }],
  ])('%s', async (_, message, error) => {
    await say(message);
    expect(services.connections.messages('c1')).toEqual([expect.objectContaining({ type: 'error', retryable: false, ...error })]);
    expect(services.warehouse.started).toEqual([]);
    expect(services.store.runs.size).toBe(0);
  });

  test('its id is still in use', async () => {
    await say(QUERY);
    await say(QUERY);
    expect(services.connections.messages('c1')[1]).toMatchObject({ type: 'error', id: 'a', code: 'id_in_use' });
    expect(services.warehouse.started).toHaveLength(1);
  });

  test('an error never repeats the value of a parameter, nor does the log', async () => {
    await say({ ...QUERY, parameters: { trip_month: 'SECRET!' } });
    expect(JSON.stringify([services.connections.posted, services.entries])).not.toContain('SECRET!');
  });

  test('while the client cannot take a post, the error waits in the queue', async () => {
    services.connections.errors.push(new ServiceBusy('buffer full'));
    await say('{');
    expect(services.connections.posted).toEqual([]);
    await services.doNextJob();
    expect(services.connections.messages('c1')).toMatchObject([{ code: 'invalid_json' }]);
  });
});

test('a ping is answered by a pong', async () => {
  await say({ type: 'ping' });
  expect(services.connections.messages('c1')).toEqual([{ type: 'pong' }]);
});

describe('connecting', () => {
  test('without a query string asks nothing', async () => {
    expect(await onConnect(services, OPENING)).toEqual({ accepted: true });
    expect(services.queue.jobs).toEqual([]);
  });

  test('with the parameters in the query string starts the query at once, and announces it when the connection is open', async () => {
    services.connections.open.clear();
    expect(await onConnect(services, { ...OPENING, queryString: { trip_month: '2015-01' } })).toEqual({ accepted: true });
    expect(services.warehouse.started).toMatchObject([{ parameters: { trip_month: '2015-01' } }]);
    await services.doNextJob();
    expect(services.connections.posted).toEqual([]);
    services.connections.open.add('c1');
    await services.doNextJob();
    expect(services.connections.messages('c1')).toEqual([{ type: 'accepted', id: 'connect', result: 'run-1', shared: false, cached: false }]);
  });

  test('with a query without parameters starts it by its name', async () => {
    await onConnect(services, { ...OPENING, queryString: { query: 'everything' } });
    expect(services.warehouse.started).toMatchObject([{ sql: 'SELECT 1' }]);
  });

  test('with a signed address takes the signature for no parameter', async () => {
    await onConnect(services, { ...OPENING, queryString: { 'X-Amz-Signature': 'x', 'X-Amz-Date': 'y' } });
    expect(services.queue.jobs).toEqual([]);
  });

  test('with wrong parameters opens the connection, and says there what is wrong', async () => {
    expect(await onConnect(services, { ...OPENING, queryString: { trip_month: 'May' } })).toEqual({ accepted: true });
    await services.doNextJob();
    expect(services.connections.messages('c1')).toMatchObject([{ type: 'error', id: 'connect', code: 'invalid_parameter' }]);
  });

  test('is told nothing any more when the connection never opens', async () => {
    services.connections.open.clear();
    await onConnect(services, { ...OPENING, queryString: { trip_month: 'May' } });
    while (services.queue.jobs.length > 0) {
      await services.doNextJob();
    }
    expect(services.time - OPENING.connection.connectedAt).toBeGreaterThan(29_000);
    expect(services.entries).toContainEqual({ notice: 'message dropped, client gone', connectionId: 'c1' });
  });

  test.each([
    [['redshift-query.v1'], { accepted: true, subprotocol: 'redshift-query.v1' }],
    [['other', 'redshift-query.v1'], { accepted: true, subprotocol: 'redshift-query.v1' }],
    [['other'], { accepted: false }],
  ])('with the subprotocols %j is answered by %j', async (subprotocols, answer) => {
    expect(await onConnect(services, { ...OPENING, subprotocols })).toEqual(answer);
  });
});

test('disconnecting removes what was stored for the connection, and only that', async () => {
  services.connections.open.add('c2');
  await say(QUERY);
  await say({ ...QUERY, id: 'b' });
  await onMessage(services, { ...CONNECTION, connectionId: 'c2' }, JSON.stringify(QUERY));
  await onDisconnect(services, 'c1');
  expect([...services.store.runs.keys()]).toEqual(['run-3']);
  expect([...services.store.requests.keys()]).toEqual(['c2 a']);
});

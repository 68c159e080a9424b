import { ServiceBusyError } from '../../../src/runtime/model/errors';
import { failNext } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

const QUERY = { type: 'query', id: 'a', parameters: { trip_month: '2015-01' } };
const RESUME = { type: 'resume', id: 'a', result: 'r', after: 3 };
const MORE = { type: 'more', result: 'r', credit: 1 };

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
});

/** An error by its code and a part of its message. */
function rejection(code: string, part: string) {
  return { code, message: expect.stringContaining(part) };
}

describe('an invalid message', () => {
  it.each<[string, unknown, object]>([
    ['it is not JSON', '{', { code: 'invalid_json' }],
    ['it is empty', '', { code: 'invalid_json' }],
    ['it has a duplicate key', '{"type":"ping","type":"ping"}', rejection('invalid_json', 'An object in the message contains the key "type" twice. Send each key once.')],
    ['a parameter occurs twice', '{"type":"query","id":"a","parameters":{"trip_month":"2015-01","trip\\u005fmonth":"2015-02"}}', rejection('invalid_json', '"trip_month"')],
    ['it is a list', '[]', { code: 'invalid_message' }],
    ['it is null', 'null', { code: 'invalid_message' }],
    ['it has no type', { id: 'a' }, { code: 'invalid_message', id: 'a' }],
    ['its type is unknown', { type: 'toString', id: 'a' }, { ...rejection('unknown_type', '"query", "cancel", "resume", "more", "ping"'), id: 'a' }],
    ['it has 128 KB', 'x'.repeat(128 * 1024), { code: 'message_too_large', message: 'The message has 131072 bytes, which exceeds the limit of 32768. Send a smaller message.' }],
    ['a query has no id', { type: 'query', parameters: {} }, rejection('invalid_message', 'field in a query message: "id"')],
    ['the id is a number', { ...QUERY, id: 1 }, { code: 'invalid_message' }],
    ['the id is too long', { ...QUERY, id: 'x'.repeat(129) }, rejection('invalid_message', '1 to 128 characters')],
    ['the id has half of a surrogate pair', { ...QUERY, id: '\ud83d' }, rejection('invalid_message', '1 to 128 characters')],
    ['the id is empty', { ...QUERY, id: '' }, { code: 'invalid_message' }],
    ['a field is unknown', { ...QUERY, paramters: {} }, { ...rejection('unknown_field', '"paramters"'), id: 'a' }],
    ['the options are not an object', { ...QUERY, options: 5 }, { code: 'invalid_message', id: 'a' }],
    ['an option is unknown', { ...QUERY, options: { speed: 1 } }, rejection('unknown_field', '"options.speed". Valid names: "options.window", "options.encodings", "options.maxAge"')],
    ['the encodings are a string', { ...QUERY, options: { encodings: 'gzip' } }, rejection('invalid_message', '"options.encodings" must be a list of strings')],
    ['an encoding is a number', { ...QUERY, options: { encodings: ['gzip', 1] } }, rejection('invalid_message', '"options.encodings"')],
    ['a window is 0', { ...QUERY, options: { window: 0 } }, rejection('invalid_message', '"options.window". Set it to an integer from 1')],
    ['a window is too large', { ...QUERY, options: { window: 1e300 } }, rejection('invalid_message', '"options.window"')],
    ['a maxAge is negative', { ...QUERY, options: { maxAge: -1 } }, rejection('invalid_message', '"options.maxAge". Set it to an integer from 0')],
    ['a maxAge is a string', { ...QUERY, options: { maxAge: '60' } }, rejection('invalid_message', '"options.maxAge"')],
    ['the parameters are a list', { ...QUERY, parameters: [] }, { code: 'invalid_message', id: 'a' }],
    ['the query is a number', { ...QUERY, query: 1 }, { code: 'invalid_message', id: 'a' }],
    ['the query is unknown', { ...QUERY, query: 'toString' }, { ...rejection('unknown_query', '"default", "everything"'), id: 'a' }],
    ['a parameter is missing', { type: 'query', id: 'a' }, rejection('missing_parameter', '"trip_month"')],
    ['a parameter is unknown', { ...QUERY, parameters: { trip_month: '2015-01', zone: 'x' } }, rejection('unknown_parameter', '"zone"')],
    ['a parameter is named __proto__', '{"type":"query","id":"a","parameters":{"__proto__":"x"}}', { code: 'unknown_parameter' }],
    ['a parameter is a number', { ...QUERY, parameters: { trip_month: 201501 } }, rejection('invalid_parameter', '"trip_month"')],
    ['a parameter does not match its pattern', { ...QUERY, parameters: { trip_month: '2015-13' } }, rejection('invalid_parameter', 'The parameter "trip_month" must match the pattern "^\\d{4}-(0[1-9]|1[0-2])$".')],
    ['a parameter is too short', { ...QUERY, parameters: { trip_month: '' } }, rejection('invalid_parameter', 'must have 7 characters, not 0')],
    ['a parameter is too long', { ...QUERY, parameters: { trip_month: '2015-001' } }, rejection('invalid_parameter', '7 characters, not 8')],
    ['a cancel has no id', { type: 'cancel' }, rejection('invalid_message', 'field in a cancel message: "id"')],
    ['a cancel has a result', { type: 'cancel', id: 'a', result: 'r' }, rejection('unknown_field', '"result"')],
    ['a cancel names no query in flight', { type: 'cancel', id: 'a' }, { code: 'unknown_id', id: 'a' }],
    ['a resume has no id', { type: 'resume', result: 'r', after: 0 }, { code: 'invalid_message' }],
    ['a resume has no result', { type: 'resume', id: 'a', after: 0 }, { ...rejection('invalid_message', '"result"'), id: 'a' }],
    ['a resume has no after', { type: 'resume', id: 'a', result: 'r' }, { ...rejection('invalid_message', '"after". Set it to an integer from -1'), id: 'a' }],
    ['the after of a resume is not an integer', { ...RESUME, after: 0.5 }, rejection('invalid_message', '"after"')],
    ['a resume has a maxAge', { ...RESUME, options: { maxAge: 5 } }, rejection('unknown_field', '"options.maxAge"')],
    ['a resume has a window of 0', { ...RESUME, options: { window: 0 } }, rejection('invalid_message', '"options.window"')],
    ['a resume has a result of 129 characters', { ...RESUME, result: '😀'.repeat(129) }, rejection('invalid_message', '"result". Set it to a string of 1 to 128 characters')],
    ['a resume names an unknown result', RESUME, { code: 'result_expired', id: 'a' }],
    ['a more has no result', { type: 'more', credit: 1 }, rejection('invalid_message', '"result"')],
    ['a more has no credit', { type: 'more', result: 'r' }, rejection('invalid_message', '"credit". Set it to an integer from 1')],
    ['the credit of a more is 0', { ...MORE, credit: 0 }, rejection('invalid_message', '"credit"')],
    ['a more has an id', { ...MORE, id: 'a' }, rejection('unknown_field', '"id"')],
    ['a ping has a field', { type: 'ping', now: 1 }, rejection('unknown_field', '"now"')],
  ])('causes an error and submits no query when %s', async (_, message, error) => {
    await client.send(message);
    await services.passSeconds(60);
    services.purge();
    expect(client.received()).toEqual([expect.objectContaining({ type: 'error', retryable: false, ...error })]);
    expect(services.statementApi.started).toEqual([]);
    expect(services.storedKeys()).toEqual([]);
  });

  it('is ignored when it is a more for a result that is not being sent', async () => {
    await client.send(MORE);
    expect(client.received()).toEqual([]);
    expect(services.queue.jobs).toEqual([]);
  });

  it('causes an error and a log without the value of a parameter', async () => {
    await client.send({ ...QUERY, parameters: { trip_month: 'SECRET!' } });
    expect(client.types()).toEqual(['error']);
    expect(JSON.stringify([services.connections.posted, services.entries])).not.toContain('SECRET!');
  });

  it('causes an error that waits in the queue when the buffer of the client is full', async () => {
    failNext(services.connections, 'post', new ServiceBusyError('buffer full'));
    await client.send('{');
    expect(client.received()).toEqual([]);
    await services.doNextJob();
    expect(client.received()).toMatchObject([{ code: 'invalid_json' }]);
  });
});

describe('an id that is in use', () => {
  it('is rejected for another query, while the first query continues', async () => {
    await client.submit('a');
    const result = client.result('a');
    await client.send(QUERY);
    expect(client.received()[1]).toMatchObject({ type: 'error', id: 'a', code: 'id_in_use', retryable: true });
    expect(services.statementApi.started).toHaveLength(1);
    await services.statementEnded(result);
    expect(client.types()).toEqual(['accepted', 'error', 'rows', 'complete']);
  });

  it('is rejected for a resume', async () => {
    await client.submit('a');
    await client.send({ type: 'resume', id: 'a', result: client.result('a'), after: -1 });
    expect(client.received()[1]).toMatchObject({ type: 'error', id: 'a', code: 'id_in_use' });
  });

  it('is accepted once when two queries arrive at the same time', async () => {
    await Promise.all([client.submit('a'), client.submit('a', undefined, 'reused')]);
    expect(client.types().sort()).toEqual(['accepted', 'error']);
    expect(services.statementApi.started).toHaveLength(1);
  });

  it('is available on another connection', async () => {
    const other = new MemoryClient(services, 'c2');
    await client.submit('a');
    await other.submit('a', undefined, 'reused');
    expect([...client.types(), ...other.types()]).toEqual(['accepted', 'accepted']);
  });
});

describe('a query that exceeds the limit of a connection', () => {
  beforeEach(async () => {
    for (let month = 0; month < services.maxQueriesPerConnection; month += 1) {
      await client.send({ ...QUERY, id: `${month}`, parameters: { trip_month: `${2000 + month}-01` } });
    }
  });

  it('is rejected with the limit, and stores and starts nothing', async () => {
    const stored = services.storedKeys().length;
    await client.submit('more');
    await services.passSeconds(1);
    expect(client.received().at(-1)).toMatchObject({ type: 'error', id: 'more', code: 'too_many_queries', retryable: true, limit: 20 });
    expect(services.storedKeys()).toHaveLength(stored);
    expect(services.statementApi.started).toHaveLength(20);
  });

  it('is rejected when it is a resume', async () => {
    await client.send({ type: 'resume', id: 'more', result: client.result('0'), after: -1 });
    await services.passSeconds(1);
    expect(client.received().at(-1)).toMatchObject({ type: 'error', id: 'more', code: 'too_many_queries', limit: 20 });
    await services.statementEnded(client.result('0'));
    expect(client.terminalMessages('0')).toMatchObject([{ type: 'complete' }]);
  });

  it('is rejected with a delay when the buffer of the client is full', async () => {
    failNext(services.connections, 'post', new ServiceBusyError('buffer full'));
    await client.submit('more');
    await services.passSeconds(4);
    expect(client.received().filter(({ type }) => type === 'error')).toMatchObject([{ id: 'more', code: 'too_many_queries' }]);
  });

  it('is accepted when another query has ended', async () => {
    await services.statementEnded(client.result('0'));
    await client.submit('more');
    expect(client.received().at(-1)).toMatchObject({ type: 'accepted', id: 'more' });
  });

  it('is accepted on another connection', async () => {
    const other = new MemoryClient(services, 'c2');
    await other.submit('more');
    expect(other.types()).toEqual(['accepted']);
  });

  it('is rejected when it arrives at the same time as others', async () => {
    await services.statementEnded(client.result('0'));
    await Promise.all(['x', 'y', 'z'].map(async (id) => client.submit(id)));
    const accepted = client.received().filter((message) => message.type === 'accepted' && 'xyz'.includes(message.id));
    expect(accepted.length).toBeLessThanOrEqual(1);
    await services.passSeconds(20);
    await client.submit('later');
    expect(client.received().filter(({ type }) => type === 'accepted')).toHaveLength(20 + 1);
  });

  it('has no effect on the queries in flight', async () => {
    await client.submit('more');
    for (let month = 0; month < 20; month += 1) {
      await services.statementEnded(client.result(`${month}`));
    }
    await services.passSeconds(60);
    expect(client.types().filter((type) => type === 'complete')).toHaveLength(20);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

import { randomUUID } from 'node:crypto';
import { AttackedApplication, errorOf } from './attacked-application';
import type { AcceptedMessage, ErrorMessage } from '../../../src/protocol/messages';
import { eventually } from '../../support/eventually';
import type { WebSocketClient } from '../../support/local/web-socket-client';

/** Ids that try to imitate keys of other items in the table. */
const IDS = [
  'connection#victim', 'request#a', 'a#b', '#', '##', 'a/b', '../run', 'run', 'run#', '\u0000', '\u0001\u001f', '\n', '\r\n', ' ', ' a ', '"', '\\', '{"S":"x"}', ':id', '#id', 'a = :b',
  '$.id', '*', '%', '__proto__', 'constructor', 'é', 'e\u0301', '\u202eabc', '\ufeff', '😀', 'ﬀ', 'x'.repeat(128), '😀'.repeat(128),
] as const;

const NO_IDS = ['', 'x'.repeat(129), '😀'.repeat(129), '\ud800', 'a\udc00', 7, null, true, ['a'], { toString: 'a' }];

let attacked: AttackedApplication;
const clients: WebSocketClient[] = [];

beforeAll(async () => {
  attacked = await AttackedApplication.start();
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map(async (client) => client.close()));
});

afterAll(async () => {
  await attacked?.close();
});

async function connect(): Promise<WebSocketClient> {
  const client = await attacked.connect();
  clients.push(client);
  return client;
}

function bytes(string: string): string {
  return Buffer.from(string).toString('hex');
}

/** A client in the middle of a long result, whose window allows only a part. */
async function startLongQuery(string: string): Promise<{ readonly client: WebSocketClient; readonly result: string }> {
  const client = await connect();
  client.send({ type: 'query', id: 'mine', query: 'slow', parameters: { text: string }, options: { window: 2 } });
  const { result } = await client.waitFor((message): message is AcceptedMessage => message.type === 'accepted');
  await client.waitFor((message) => message.type === 'rows' && message.seq === 1);
  return { client, result };
}

async function expectWhole(client: WebSocketClient, result: string, string: string): Promise<void> {
  client.send({ type: 'more', result, credit: 1000 });
  const { rows, terminalMessage } = await client.waitForResult('mine');
  expect(terminalMessage).toMatchObject({ type: 'complete', rows: 20_000 });
  expect(rows).toHaveLength(20_000);
  expect(new Set(rows.map(([, own]) => own))).toEqual(new Set([string]));
}

describe('an id', () => {
  it.each(IDS.map((id) => [id]))('identifies only one query of its own connection: %j', async (id) => {
    const [client, other] = [await connect(), await connect()];
    client.submit(id, { text: 'mine' });
    other.submit(id, { text: 'theirs' });
    const [rows, otherRows] = await Promise.all([client, other].map(async (each) => {
      await each.waitFor(({ type }) => type === 'complete' || type === 'error');
      return each.messages.filter((message) => message.type === 'rows');
    }));
    expect(rows).toMatchObject([{ rows: [[bytes('mine'), 1]] }]);
    expect(otherRows).toMatchObject([{ rows: [[bytes('theirs'), 1]] }]);
    // The same id again: the first query has ended, and nothing of it is left in the way.
    client.submit(id, { text: 'again' });
    await client.waitFor((message) => message.type === 'rows' && 'rows' in message && message.rows[0][0] === bytes('again'));
  });

  it.each(NO_IDS.map((id) => [id]))('is rejected when it isn\'t a string of 1 to 128 characters: %j', async (id) => {
    const client = await connect();
    expect(await errorOf(client, { type: 'query', id, parameters: { text: 'a' } })).toMatchObject({ code: 'invalid_message', message: expect.stringContaining('1 to 128') });
    expect(await errorOf(client, { type: 'cancel', id })).toMatchObject({ code: 'invalid_message' });
    expect(await errorOf(client, { type: 'resume', id, result: 'r', after: -1 })).toMatchObject({ code: 'invalid_message' });
  });

  it('identifies another query when it only looks the same', async () => {
    const client = await connect();
    client.submit('é', { text: 'one' });
    client.submit('e\u0301', { text: 'other' });
    const results = await Promise.all(['é', 'e\u0301'].map(async (id) => client.waitForResult(id)));
    expect(results.map(({ rows }) => rows[0][0])).toEqual([bytes('one'), bytes('other')]);
  });
});

describe('the run of another connection', () => {
  it('can\'t be found by guessing: each guess results in the same result_expired', async () => {
    const { client, result } = await startLongQuery('guessed');
    const attacker = await connect();
    const guesses = [
      randomUUID(), result.slice(0, -1), `${result} `, ` ${result}`, `${result}\u0000`, `${result}#run`, `run#${result}`, result.split('').reverse().join(''), 'run', 'cache', '%', '*', '__proto__', 'constructor',
      'connection#x', '../', "' OR '1'='1", 'x'.repeat(128), '\u0000',
    ];
    const results: ErrorMessage[] = [];
    for (const [index, guess] of guesses.entries()) {
      results.push(await errorOf(attacker, { type: 'resume', id: `g${index}`, result: guess, after: -1 }));
    }
    expect(new Set(results.map(({ code, message }) => `${code}: ${message}`))).toEqual(new Set(['result_expired: The result has expired. Submit the query again.']));
    expect(attacker.messages.filter(({ type }) => type !== 'error')).toEqual([]);
    await expectWhole(client, result, 'guessed');
  });

  it.each([['', 'invalid_message'], ['\ud800', 'invalid_message'], ['x'.repeat(129), 'invalid_message'], [null, 'invalid_message'], [{}, 'invalid_message'], [['r'], 'invalid_message']])(
    'can\'t be named by an invalid name: %j', async (result, code) => {
      const attacker = await connect();
      expect(await errorOf(attacker, { type: 'resume', id: 'a', result, after: -1 })).toMatchObject({ code });
      expect(await errorOf(attacker, { type: 'more', result, credit: 1 })).toMatchObject({ code });
    });

  it.each([-2, 1e9 + 1, 1e308, 0.5, '0', null])('can\'t be resumed from an invalid message number: %j', async (after) => {
    const attacker = await connect();
    expect(await errorOf(attacker, { type: 'resume', id: 'a', result: 'r', after })).toMatchObject({ code: 'invalid_message' });
  });

  it('isn\'t affected by more and cancel messages of a connection that has its name', async () => {
    const { client, result } = await startLongQuery('known');
    const attacker = await connect();
    attacker.send({ type: 'more', result, credit: 1_000_000_000 });
    expect(await errorOf(attacker, { type: 'cancel', id: 'mine' })).toMatchObject({ id: 'mine', code: 'unknown_id' });
    for (const id of [result, `request#${result}`, 'connection#mine', '#', 'request#mine']) {
      expect(await errorOf(attacker, { type: 'cancel', id })).toMatchObject({ code: 'unknown_id' });
    }
    // Messages that the attacker allowed would have arrived before the end of another query.
    client.send({ type: 'query', id: 'later', query: 'trips' });
    await client.waitForResult('later');
    expect(client.messages.filter((message) => message.type === 'rows' && message.result === result)).toHaveLength(2);
    await expectWhole(client, result, 'known');
  });

  it('continues for its subscribers when a connection that shares it cancels and disconnects', async () => {
    const { client, result } = await startLongQuery('left');
    const attacker = await connect();
    attacker.send({ type: 'query', id: 'mine', query: 'slow', parameters: { text: 'left' } });
    await attacker.waitFor(({ type }) => type === 'accepted');
    attacker.send({ type: 'cancel', id: 'mine' });
    await attacker.waitFor((message) => message.type === 'error' || message.type === 'complete');
    attacker.socket.terminate();
    await expectWhole(client, result, 'left');
  });
});

it('leaves no query in flight and no item with an unexpected key', async () => {
  await Promise.all(clients.splice(0).map(async (client) => client.close()));
  await eventually(async () => expect(await attacked.application.unfinishedRequests('Query')).toEqual([]));
  const kinds = (await attacked.application.items('Query')).map(({ partitionKey, sortKey }) => `${partitionKey.replace(/#.*/s, '')} ${sortKey.replace(/#.*/s, '')}`);
  // A `cancel` and a `more` for what does not exist wait, for a minute, for a query that API Gateway received before.
  const early = ['connection request', 'connection credit'];
  expect(new Set(kinds.filter((kind) => !early.includes(kind)))).toEqual(new Set(['run run', 'run messages', 'cache run']));
  expect(await attacked.trips()).toBe(3);
});

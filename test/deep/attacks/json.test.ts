import { responseTo, AttackedApplication, errorOf } from './attacked-application';
import type { ErrorCode } from '../../../src/protocol/messages';
import { readClientMessage } from '../../../src/runtime/submit/client-message';
import type { WebSocketClient } from '../../support/local/web-socket-client';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices } from '../../support/memory/memory-services';

/** So many levels fit into a message of 32 KB. */
const DEEP = 16_000;
const POLLUTION = { polluted: 'yes', toString: 'no', isAdmin: true };

/** A message as a string, with values that JSON.stringify would omit. */
function query(parameters: string, more = ''): string {
  return `{"type":"query","id":"a","parameters":${parameters}${more}}`;
}

/** Messages, and the codes of the errors that they result in. */
const REJECTED: readonly (readonly [what: string, message: string, code: ErrorCode])[] = [
  ['only whitespace', ' ', 'invalid_json'],
  ['a byte order mark before the JSON', `\ufeff${query('{"text":"a"}')}`, 'invalid_json'],
  ['half a message', '{"type":"query","id":"a"', 'invalid_json'],
  ['two messages in one', '{"type":"ping"}{"type":"ping"}', 'invalid_json'],
  ['JavaScript that isn\'t JSON', '{type:"ping"}', 'invalid_json'],
  ['a repeated key', query('{"text":"first","text":"last"}'), 'invalid_json'],
  ['a repeated key, once escaped', query('{"text":"first","te\\u0078t":"last"}'), 'invalid_json'],
  ['a repeated type', '{"type":"ping","type":"query"}', 'invalid_json'],
  ['NaN', query('{"text":NaN}'), 'invalid_json'],
  ['a list instead of an object', '[{"type":"ping"}]', 'invalid_message'],
  ['a list of lists', '[["type","ping"]]', 'invalid_message'],
  ['null', 'null', 'invalid_message'],
  ['a string', '"ping"', 'invalid_message'],
  ['a number', '17', 'invalid_message'],
  ['a type that is an object', '{"type":{"toString":"ping"}}', 'invalid_message'],
  ['the type constructor', '{"type":"constructor"}', 'unknown_type'],
  ['the type __proto__', '{"type":"__proto__"}', 'unknown_type'],
  ['a type in the prototype', '{"__proto__":{"type":"ping"}}', 'invalid_message'],
  ['an id in the prototype', '{"type":"query","__proto__":{"id":"a"},"parameters":{"text":"a"}}', 'invalid_message'],
  ['a prototype beside valid fields', `{"type":"query","id":"a","parameters":{"text":"a"},"__proto__":${JSON.stringify(POLLUTION)}}`, 'unknown_field'],
  ['a constructor with a prototype', `{"type":"query","id":"a","parameters":{"text":"a"},"constructor":{"prototype":${JSON.stringify(POLLUTION)}}}`, 'unknown_field'],
  ['a parameter __proto__', query(`{"text":"a","__proto__":${JSON.stringify(POLLUTION)}}`), 'unknown_parameter'],
  ['a required parameter in the prototype', query('{"__proto__":{"text":"a"}}'), 'unknown_parameter'],
  ['a parameter constructor', query('{"text":"a","constructor":"b"}'), 'unknown_parameter'],
  ['a parameter hasOwnProperty', query('{"text":"a","hasOwnProperty":"b"}'), 'unknown_parameter'],
  ['a parameter toString instead of the required one', query('{"toString":"b"}'), 'unknown_parameter'],
  ['the query __proto__', query('{"text":"a"}', ',"query":"__proto__"'), 'unknown_query'],
  ['the query constructor', query('{"text":"a"}', ',"query":"constructor"'), 'unknown_query'],
  ['the query hasOwnProperty', query('{"text":"a"}', ',"query":"hasOwnProperty"'), 'unknown_query'],
  ['an option __proto__', query('{"text":"a"}', ',"options":{"__proto__":{"window":1}}'), 'unknown_field'],
  ['an option toString', query('{"text":"a"}', ',"options":{"toString":1}'), 'unknown_field'],
  ['options that are a list', query('{"text":"a"}', ',"options":[1]'), 'invalid_message'],
  ['parameters that are a list', query('["a"]'), 'invalid_message'],
  ['parameters that are null', query('null'), 'invalid_message'],
  ['a value with a method toString', query('{"text":{"toString":"a","length":1}}'), 'invalid_parameter'],
  ['a value that is a list', query('{"text":["a"]}'), 'invalid_parameter'],
  ['an unpaired surrogate', query('{"text":"\\ud800"}'), 'invalid_parameter'],
  ['a surrogate pair in the wrong order', query('{"text":"\\udc00\\ud800"}'), 'invalid_parameter'],
  ['a null character', query('{"text":"\\u0000"}'), 'invalid_parameter'],
  ['lists nested 16,000 levels deep', '['.repeat(DEEP) + ']'.repeat(DEEP), 'invalid_message'],
  ['32,000 nested lists without an end', '['.repeat(32_000), 'invalid_json'],
  ['objects nested 3,500 levels deep', query('{"text":'.repeat(3500) + '1' + '}'.repeat(3500)), 'invalid_parameter'],
  ['an incomplete nested value with a number that JavaScript rounds', query(`{"text":${'['.repeat(DEEP)}12345678901234567890${']'.repeat(DEEP - 100)}`), 'invalid_json'],
  ['a value nested 15,000 levels deep with a number that JavaScript rounds', query(`{"text":${'['.repeat(15_000)}12345678901234567890${']'.repeat(15_000)}}`), 'invalid_json'],
  ['a list of 15,001 items', query(`{"text":[${'0,'.repeat(15_000)}0]}`), 'invalid_parameter'],
  ['2,500 parameters', query(`{${Array.from({ length: 2500 }, (_, n) => `"p${n}":1`).join(',')}}`), 'unknown_parameter'],
  ['a number of 30,000 digits', query(`{"value":${'9'.repeat(30_000)}}`, ',"query":"integer"'), 'invalid_parameter'],
  ['a number with an exponent of nine digits', query('{"value":1e999999999}', ',"query":"decimal"'), 'invalid_parameter'],
  ['a number with a negative exponent of nine digits', query('{"value":1e-999999999}', ',"query":"decimal"'), 'invalid_parameter'],
  ['a name of 30,000 characters', query(`{"${'x'.repeat(30_000)}":1}`), 'unknown_parameter'],
  ['one byte more than 32 KB', `{"type":"ping"}${' '.repeat(32 * 1024 - 14)}`, 'message_too_large'],
  ['50,000 nested lists, which exceed 32 KB', '['.repeat(50_000) + ']'.repeat(50_000), 'message_too_large'],
  ['128 KB of one letter', 'x'.repeat(128 * 1024), 'message_too_large'],
  ['20,000 characters of two bytes each', `"${'é'.repeat(20_000)}"`, 'message_too_large'],
];

/** Unusual but valid parameters, and the value that the query returns. */
const ACCEPTED: readonly (readonly [what: string, parameters: string, expected: string])[] = [
  ['a string that looks like a prototype', '{"text":"__proto__"}', '__proto__'],
  ['a string that looks like JSON', '{"text":"{\\"__proto__\\":1}"}', '{"__proto__":1}'],
  ['whitespace in all places that JSON allows', '\\n { \\t "text" : \\r "a" } '.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\r', '\r'), 'a'],
  ['a complete surrogate pair', '{"text":"\\ud83d\\ude00"}', '😀'],
];

let attacked: AttackedApplication;
let client: WebSocketClient;

beforeAll(async () => {
  attacked = await AttackedApplication.start();
  client = await attacked.connect();
});

afterAll(async () => {
  await attacked?.close();
});

const FRAME_BYTES = 32 * 1024;

/** Sends a message in frames of the maximum size of API Gateway. */
function sendInFrames({ socket }: WebSocketClient, message: string): void {
  const bytes = Buffer.from(message);
  for (let start = 0; start < bytes.length; start += FRAME_BYTES) {
    socket.send(bytes.subarray(start, start + FRAME_BYTES), { binary: false, fin: start + FRAME_BYTES >= bytes.length });
  }
}

let lastId = 0;

/** Expects that a client receives its result as before. */
async function expectResult(webSocketClient = client, parameters = '{"text":"still there"}', expected = 'still there'): Promise<void> {
  lastId += 1;
  webSocketClient.send(`{"type":"query","id":"next${lastId}","parameters":${parameters}}`);
  expect((await webSocketClient.waitForResult(`next${lastId}`)).rows).toEqual([[Buffer.from(expected).toString('hex'), 1]]);
}

describe('a malformed message', () => {
  it.each(REJECTED)('results in an error, and the connection stays open, when it is %s', async (_, message, code) => {
    const error = await errorOf(client, () => sendInFrames(client, message));
    expect(error).toMatchObject({ code, retryable: false });
    expect(error.message.length).toBeLessThan(1000);
    expect(await responseTo(client, { type: 'ping' })).toMatchObject({ type: 'pong' });
  });

  it('doesn\'t affect a query that follows all of them', async () => {
    await expectResult();
    expect(attacked.application.logged.join('\n')).not.toMatch(/RangeError|heap|stack/i);
  });
});

describe('an unusual query', () => {
  it.each(ACCEPTED)('returns its result when it contains %s', async (_, parameters, expected) => expectResult(client, parameters, expected));

  it('returns its result when its id is the name of an inherited property', async () => {
    const ids = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];
    ids.forEach((id) => client.submit(id, { text: id }));
    const results = await Promise.all(ids.map(async (id) => client.waitForResult(id)));
    expect(results.map(({ rows }) => rows)).toEqual(ids.map((id) => [[Buffer.from(id).toString('hex'), 1]]));
  });
});

describe('a message on the network', () => {
  it('is read as one message when each character is a frame', async () => {
    const message = '{"type":"query","id":"frames","parameters":{"text":"in frames"}}';
    [...message].forEach((character, index) => client.socket.send(character, { fin: index === message.length - 1 }));
    expect((await client.waitForResult('frames')).rows).toEqual([[Buffer.from('in frames').toString('hex'), 1]]);
  });

  it.each<[string, (attacker: WebSocketClient) => void]>([
    ['is binary', (attacker) => attacker.socket.send(Buffer.from('{"type":"ping"}'))],
    ['isn\'t UTF-8', (attacker) => attacker.socket.send(Buffer.from([0xc3, 0x28, 0xff]), { binary: false })],
    ['has a frame of more than 32 KB', (attacker) => attacker.socket.send('x'.repeat(32 * 1024 + 1))],
    ['has more than 128 KB', (attacker) => {
      for (let index = 0; index < 5; index += 1) {
        attacker.socket.send('x'.repeat(32 * 1024), { fin: index === 4 });
      }
    }],
  ])('closes its own connection and no other when it %s', async (_, attack) => {
    const attacker = await attacked.connect();
    const closed = new Promise<number>((resolve) => attacker.socket.on('close', resolve));
    attack(attacker);
    expect([1003, 1007, 1009]).toContain(await closed);
    await expectResult();
  });

  it('leaves the connection open when it is empty', async () => {
    client.socket.send('');
    await expectResult();
  });
});

describe('a message with the name of an inherited property', () => {
  /** The properties that every object inherits in this process, which runs the core itself. */
  function inherited(): string[] {
    return Object.getOwnPropertyNames(Object.prototype).sort();
  }

  it.each(REJECTED.filter(([what]) => /proto|constructor|toString|hasOwn/.test(what)))('sets no property on an object: %s', async (_, message) => {
    const before = inherited();
    expect(() => readClientMessage(message)).not.toThrow(TypeError);
    const services = new MemoryServices();
    const memoryClient = new MemoryClient(services, 'c');
    await memoryClient.send(message);
    expect(memoryClient.received()).toMatchObject([{ type: 'error' }]);
    expect(inherited()).toEqual(before);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('sets no property on an object when it is a query string', async () => {
    const before = inherited();
    const memoryClient = new MemoryClient(new MemoryServices(), 'c');
    const queryString = JSON.parse('{"__proto__":["x"],"constructor":["y"],"trip_month":["2015-01"]}') as Record<string, string[]>;
    expect(await memoryClient.connect(queryString)).toEqual({ accepted: true });
    expect(inherited()).toEqual(before);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

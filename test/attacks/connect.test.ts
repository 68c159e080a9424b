import * as http from 'node:http';
import { AttackedApplication } from './attacked-application';
import { QueryParameter, SqlTemplate } from '../../src';
import { SUBPROTOCOL } from '../../src/protocol/messages';
import { subprotocolsOf } from '../../src/runtime/aws/web-socket-event';
import type { ConnectEvent } from '../../src/runtime/aws/web-socket-event';

const EITHER_SQL = 'SELECT CAST(:one AS VARCHAR), CAST(:many AS VARCHAR) FROM trips WHERE n = 1 AND CAST(:many AS VARCHAR) IN (:list)';

let attacked: AttackedApplication;

beforeAll(async () => {
  attacked = await AttackedApplication.start({}, (query) => {
    query.addQuery('either', {
      sql: SqlTemplate.inline(EITHER_SQL),
      parameters: {
        one: QueryParameter.string({ optional: true }),
        many: QueryParameter.string(),
        list: QueryParameter.listOf(QueryParameter.string()),
      },
    });
  });
}, 90_000);

afterAll(async () => {
  await attacked?.close();
});

/** How a request to connect was answered. */
interface Opening {
  readonly status: number;
  readonly subprotocol?: string;
}

/** Asks for a connection byte by byte, as no browser would. */
async function knock(queryString: string, headers: Readonly<Record<string, string | string[]>> = {}): Promise<Opening> {
  const { hostname, port, pathname } = new URL(attacked.url.replace(/^ws/, 'http'));
  return new Promise((resolve, reject) => {
    const request = http.request({
      hostname,
      port,
      path: `${pathname}${queryString}`,
      headers: { 'Connection': 'Upgrade', 'Upgrade': 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers },
    });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: 101, subprotocol: response.headers['sec-websocket-protocol'] });
    });
    request.on('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode! });
    });
    request.on('error', reject);
    request.end();
  });
}

/** What a client hears that connects by an address. */
async function answerTo(queryString: string): Promise<{ readonly code?: string; readonly rows?: readonly unknown[][] }> {
  const client = await attacked.connect(queryString);
  const { ending, rows } = await client.answer('connect');
  await client.close();
  return ending.type === 'error' ? { code: ending.code } : { rows };
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}

describe('an address', () => {
  test.each<[string, string, string]>([
    ['a plus, which is a space', '?text=a+b', 'a b'],
    ['an encoded plus', '?text=a%2Bb', 'a+b'],
    ['an encoded percent', '?text=%2525', '%25'],
    ['a lone percent', '?text=100%', '100%'],
    ['a percent before what is no number', '?text=%zz%', '%zz%'],
    ['a null byte twice encoded', '?text=%2500', '%00'],
    ['equals signs in the value', '?text=a=b==', 'a=b=='],
    ['an encoded ampersand', '?text=a%26query%3Dtrips', 'a&query=trips'],
    ['a question mark in the value', '?text=?text=b', '?text=b'],
    ['empty pieces between', '?&&text=a&&', 'a'],
    ['signatures beside', '?X-Amz-Signature=abc&x-amz-date=1&text=a', 'a'],
    ['dots and slashes', '?text=../../../etc/passwd', '../../../etc/passwd'],
    ['a new header in the value', '?text=a%0d%0aSec-WebSocket-Protocol:%20x', 'a\r\nSec-WebSocket-Protocol: x'],
  ])('with %s is the question that it says', async (_, queryString, text) => {
    expect(await answerTo(queryString)).toEqual({ rows: [[hex(text), 1]] });
  });

  test.each<[string, string, string]>([
    ['a key twice that is no list', '?text=a&text=b', 'invalid_parameter'],
    ['a key twice in two ways of writing', '?text=a&%74ext=b', 'invalid_parameter'],
    ['a key in brackets, which other services take for a list', '?text[]=a', 'unknown_parameter'],
    ['a key in brackets, which other services take for an object', '?text[length]=1', 'unknown_parameter'],
    ['an empty key', '?=a&text=a', 'unknown_parameter'],
    ['the key __proto__', '?__proto__=a&text=a', 'unknown_parameter'],
    ['the key __proto__ in brackets', '?__proto__[polluted]=a&text=a', 'unknown_parameter'],
    ['the key constructor', '?constructor=a&text=a', 'unknown_parameter'],
    ['the key toString in place of a parameter', '?toString=a', 'unknown_parameter'],
    ['the query __proto__', '?query=__proto__&text=a', 'unknown_query'],
    ['the query hasOwnProperty', '?query=hasOwnProperty', 'unknown_query'],
    ['two queries', '?query=trips&query=integer', 'invalid_message'],
    ['half of a surrogate pair', '?text=%ED%A0%80', 'invalid_parameter'],
    ['a byte that is not UTF-8', '?text=a%FF', 'invalid_parameter'],
    ['half of a character', '?text=%C3', 'invalid_parameter'],
    ['no query by name', '?query=&text=a', 'unknown_query'],
    ['no value', '?text=', 'invalid_parameter'],
    ['a key in capitals', '?TEXT=a', 'unknown_parameter'],
    ['a null byte', '?text=a%00', 'invalid_parameter'],
    ['a semicolon in place of an ampersand', '?query=trips;x=1', 'unknown_query'],
    ['a thousand keys', `?text=a&${Array.from({ length: 500 }, (_, n) => `k${n}=1`).join('&')}`, 'unknown_parameter'],
    ['a thousand values of a key', `?${'text=a&'.repeat(500)}`, 'invalid_parameter'],
    ['more values than a list may have', `?query=either&many=a&${'list=a&'.repeat(101)}`, 'invalid_parameter'],
  ])('with %s is refused in words, once the connection is open', async (_, queryString, code) => {
    expect(await answerTo(queryString)).toEqual({ code });
  });

  test('that repeats the key of a list, oddly written, is a question with that list', async () => {
    expect(await answerTo('?list=a&query=either&%6Cist=b+c&many=b%20c')).toEqual({ rows: [[null, 'b c']] });
  });

  test('of more than 4,096 characters is refused before any function hears of it', async () => {
    const logged = attacked.application.logged.length;
    expect((await knock(`?text=${'a'.repeat(4100)}`)).status).toBe(414);
    expect(attacked.application.logged).toHaveLength(logged);
  });

  test('of nearly 4,096 characters, each of them encoded, is answered', async () => {
    const text = '€'.repeat(400);
    expect(await answerTo(`?text=${encodeURIComponent(text)}`)).toEqual({ rows: [[hex(text), 1]] });
  });

  test('leaves no property on any object: the next one is answered as ever', async () => {
    await answerTo('?__proto__=polluted&constructor=polluted&text=a');
    expect(await answerTo('?text=polluted')).toEqual({ rows: [[hex('polluted'), 1]] });
    expect(await answerTo('?polluted=a&text=a')).toEqual({ code: 'unknown_parameter' });
  });
});

describe('of the subprotocols that are offered', () => {
  test.each<[string, string | string[]]>([
    ['the one that is spoken', SUBPROTOCOL],
    ['the one that is spoken, among others', `graphql-ws, ${SUBPROTOCOL}, soap`],
    ['the one that is spoken, with odd spaces', `graphql-ws  ,\t${SUBPROTOCOL}  ,  soap`],
    ['the one that is spoken, after thousands of characters', `${'x'.repeat(4000)}, ${SUBPROTOCOL}`],
    ['the one that is spoken, after hundreds of others', [...Array.from({ length: 300 }, (_, n) => `p${n}`), SUBPROTOCOL].join(', ')],
    ['the one that is spoken, beside a token', `${SUBPROTOCOL}, redshift-query.token.abc`],
  ])('%s is chosen', async (_, offered) => {
    expect(await knock('', { 'Sec-WebSocket-Protocol': offered })).toEqual({ status: 101, subprotocol: SUBPROTOCOL });
  });

  test.each<[string, string]>([
    ['the one that is spoken, twice', `${SUBPROTOCOL}, ${SUBPROTOCOL}`],
    ['the one that is spoken, after empty ones', ` , ,, ${SUBPROTOCOL}`],
    ['the one that is spoken, before an empty one', `${SUBPROTOCOL},`],
  ])('%s, is either chosen by the function, or refused by whoever reads the header first', async (_, offered) => {
    expect([{ status: 101, subprotocol: SUBPROTOCOL }, { status: 400 }]).toContainEqual(await knock('', { 'Sec-WebSocket-Protocol': offered }));
    const event = { headers: { 'sec-websocket-protocol': offered } } as Partial<ConnectEvent> as ConnectEvent;
    expect(subprotocolsOf(event)).toContain(SUBPROTOCOL);
  });

  test.each<[string, string]>([
    ['another', 'graphql-ws'],
    ['the one that is spoken in capitals', SUBPROTOCOL.toUpperCase()],
    ['one that begins as it', `${SUBPROTOCOL}1`],
    ['one that ends as it', `x${SUBPROTOCOL}`],
    ['a later version', 'redshift-query.v2'],
    ['a token alone', 'redshift-query.token.abc'],
    ['a token that holds the name', `redshift-query.token.${SUBPROTOCOL}`],
    ['the one that is spoken in quotes', `"${SUBPROTOCOL}"`],
    ['the one that is spoken with a parameter', `${SUBPROTOCOL};q=1`],
  ])('%s alone is refused', async (_, offered) => {
    expect(await knock('', { 'Sec-WebSocket-Protocol': offered })).toEqual({ status: 400 });
  });

  test('none at all is no reason to refuse', async () => {
    expect(await knock('')).toEqual({ status: 101, subprotocol: undefined });
  });
});

describe('of the headers', () => {
  test.each<[string, Record<string, string | string[]>]>([
    ['an origin null', { Origin: 'null' }],
    ['an origin with SQL', { Origin: "https://'; DROP TABLE trips; --" }],
    ['names that every object has', { ['__proto__']: 'x', constructor: 'x', toString: 'x' }],
    ['a forged identity of another', { 'X-Forwarded-For': "127.0.0.1, '; DROP TABLE trips; --", 'X-Amzn-Trace-Id': 'Root=x' }],
    ['a header that is long', { 'X-Long': 'x'.repeat(4000) }],
    ['a user agent with HTML', { 'User-Agent': '<script>alert(1)</script>' }],
    ['an authorization that nobody asks for', { Authorization: 'Bearer abc' }],
    ['many cookies', { Cookie: Array.from({ length: 100 }, (_, n) => `c${n}=${'x'.repeat(20)}`).join('; ') }],
  ])('%s changes nothing where nobody is asked who comes', async (_, headers) => {
    expect(await knock('', headers)).toMatchObject({ status: 101 });
  });
});

test('after all of it the table is there, and no header or query string stands in the log', async () => {
  expect(await attacked.trips()).toBe(3);
  expect(attacked.application.logged.join('\n')).not.toMatch(/polluted|passwd|DROP TABLE|alert\(1\)|Bearer|redshift-query\.token|TypeError|RangeError/);
});

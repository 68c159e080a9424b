import * as http from 'node:http';
import { AttackedApplication } from './attacked-application';
import { QueryParameter, SqlTemplate } from '../../../src';
import { SUBPROTOCOL } from '../../../src/protocol/connect-request';
import { getSubprotocols } from '../../../src/runtime/aws/events/web-socket-event';
import type { ConnectEvent } from '../../../src/runtime/aws/events/web-socket-event';

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
});

afterAll(async () => {
  await attacked?.close();
});

/** The response to a connect request. */
interface ConnectResponse {
  readonly status: number;
  readonly subprotocol?: string;
}

/** Sends a connect request that no browser would send. */
async function requestConnection(queryString: string, headers: Readonly<Record<string, string | string[]>> = {}): Promise<ConnectResponse> {
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

/** The result or the error code of the query in a query string. */
async function resultOf(queryString: string): Promise<{ readonly code?: string; readonly rows?: readonly unknown[][] }> {
  const client = await attacked.connect(queryString);
  const { terminalMessage, rows } = await client.waitForResult('connect');
  await client.close();
  return terminalMessage.type === 'error' ? { code: terminalMessage.code } : { rows };
}

function hex(string: string): string {
  return Buffer.from(string).toString('hex');
}

describe('a query string', () => {
  it.each<[string, string, string]>([
    ['a plus sign, which means a space', '?text=a+b', 'a b'],
    ['an encoded plus sign', '?text=a%2Bb', 'a+b'],
    ['an encoded percent sign', '?text=%2525', '%25'],
    ['a single percent sign', '?text=100%', '100%'],
    ['a percent sign before characters that aren\'t hexadecimal digits', '?text=%zz%', '%zz%'],
    ['a null byte that is encoded twice', '?text=%2500', '%00'],
    ['equals signs in the value', '?text=a=b==', 'a=b=='],
    ['an encoded ampersand', '?text=a%26query%3Dtrips', 'a&query=trips'],
    ['a question mark in the value', '?text=?text=b', '?text=b'],
    ['empty parts between ampersands', '?&&text=a&&', 'a'],
    ['keys of a signature', '?X-Amz-Signature=abc&x-amz-date=1&text=a', 'a'],
    ['a path with dots and slashes', '?text=../../../etc/passwd', '../../../etc/passwd'],
    ['line breaks and a header in the value', '?text=a%0d%0aSec-WebSocket-Protocol:%20x', 'a\r\nSec-WebSocket-Protocol: x'],
  ])('submits its query when it contains %s', async (_, queryString, string) => {
    expect(await resultOf(queryString)).toEqual({ rows: [[hex(string), 1]] });
  });

  it.each<[string, string, string]>([
    ['a repeated key of a parameter that isn\'t a list', '?text=a&text=b', 'invalid_parameter'],
    ['a repeated key in two encodings', '?text=a&%74ext=b', 'invalid_parameter'],
    ['a key with brackets, which other services read as a list', '?text[]=a', 'unknown_parameter'],
    ['a key with brackets, which other services read as an object', '?text[length]=1', 'unknown_parameter'],
    ['an empty key', '?=a&text=a', 'unknown_parameter'],
    ['the key __proto__', '?__proto__=a&text=a', 'unknown_parameter'],
    ['the key __proto__ with brackets', '?__proto__[polluted]=a&text=a', 'unknown_parameter'],
    ['the key constructor', '?constructor=a&text=a', 'unknown_parameter'],
    ['the key toString instead of a parameter', '?toString=a', 'unknown_parameter'],
    ['the query __proto__', '?query=__proto__&text=a', 'unknown_query'],
    ['the query hasOwnProperty', '?query=hasOwnProperty', 'unknown_query'],
    ['two queries', '?query=trips&query=integer', 'invalid_message'],
    ['an unpaired surrogate', '?text=%ED%A0%80', 'invalid_parameter'],
    ['a byte that isn\'t UTF-8', '?text=a%FF', 'invalid_parameter'],
    ['an incomplete character', '?text=%C3', 'invalid_parameter'],
    ['an empty query name', '?query=&text=a', 'unknown_query'],
    ['an empty value for a required parameter', '?text=', 'invalid_parameter'],
    ['a key in capitals', '?TEXT=a', 'unknown_parameter'],
    ['a null byte', '?text=a%00', 'invalid_parameter'],
    ['a semicolon instead of an ampersand', '?query=trips;x=1', 'unknown_query'],
    ['500 unknown keys', `?text=a&${Array.from({ length: 500 }, (_, n) => `k${n}=1`).join('&')}`, 'unknown_parameter'],
    ['500 values of a key', `?${'text=a&'.repeat(500)}`, 'invalid_parameter'],
    ['more values than a list can have', `?query=either&many=a&${'list=a&'.repeat(101)}`, 'invalid_parameter'],
  ])('opens the connection and results in an error when it contains %s', async (_, queryString, code) => {
    expect(await resultOf(queryString)).toEqual({ code });
  });

  it('submits a list when it repeats a key in different encodings', async () => {
    expect(await resultOf('?list=a&query=either&%6Cist=b+c&many=b%20c')).toEqual({ rows: [[null, 'b c']] });
  });

  it('is rejected before a function is invoked when it has more than 4,096 characters', async () => {
    const logged = attacked.application.logged.length;
    expect((await requestConnection(`?text=${'a'.repeat(4100)}`)).status).toBe(414);
    expect(attacked.application.logged).toHaveLength(logged);
  });

  it('submits its query when it has nearly 4,096 encoded characters', async () => {
    const string = '€'.repeat(400);
    expect(await resultOf(`?text=${encodeURIComponent(string)}`)).toEqual({ rows: [[hex(string), 1]] });
  });

  it('sets no property on an object that later queries use', async () => {
    await resultOf('?__proto__=polluted&constructor=polluted&text=a');
    expect(await resultOf('?text=polluted')).toEqual({ rows: [[hex('polluted'), 1]] });
    expect(await resultOf('?polluted=a&text=a')).toEqual({ code: 'unknown_parameter' });
  });
});

describe('the subprotocol of the service', () => {
  it.each<[string, string | string[]]>([
    ['alone', SUBPROTOCOL],
    ['among others', `graphql-ws, ${SUBPROTOCOL}, soap`],
    ['with unusual whitespace', `graphql-ws  ,\t${SUBPROTOCOL}  ,  soap`],
    ['after 4,000 characters', `${'x'.repeat(4000)}, ${SUBPROTOCOL}`],
    ['after 300 others', [...Array.from({ length: 300 }, (_, n) => `p${n}`), SUBPROTOCOL].join(', ')],
    ['beside a token', `${SUBPROTOCOL}, redshift-query.token.abc`],
  ])('is selected when it is offered %s', async (_, offered) => {
    expect(await requestConnection('', { 'Sec-WebSocket-Protocol': offered })).toEqual({ status: 101, subprotocol: SUBPROTOCOL });
  });

  it.each<[string, string]>([
    ['twice', `${SUBPROTOCOL}, ${SUBPROTOCOL}`],
    ['after empty ones', ` , ,, ${SUBPROTOCOL}`],
    ['before an empty one', `${SUBPROTOCOL},`],
  ])('is selected by the function, or rejected before it, when it is offered %s', async (_, offered) => {
    expect([{ status: 101, subprotocol: SUBPROTOCOL }, { status: 400 }]).toContainEqual(await requestConnection('', { 'Sec-WebSocket-Protocol': offered }));
    const event = { headers: { 'sec-websocket-protocol': offered } } as Partial<ConnectEvent> as ConnectEvent;
    expect(getSubprotocols(event)).toContain(SUBPROTOCOL);
  });

  it.each<[string, string]>([
    ['is another one', 'graphql-ws'],
    ['is the right one in capitals', SUBPROTOCOL.toUpperCase()],
    ['begins like the right one', `${SUBPROTOCOL}1`],
    ['ends like the right one', `x${SUBPROTOCOL}`],
    ['is a later version', 'redshift-query.v2'],
    ['is a token alone', 'redshift-query.token.abc'],
    ['is a token that contains the name', `redshift-query.token.${SUBPROTOCOL}`],
    ['is the right one in quotes', `"${SUBPROTOCOL}"`],
    ['is the right one with a parameter', `${SUBPROTOCOL};q=1`],
  ])('is missing, and the connection is rejected, when the offered one %s', async (_, offered) => {
    expect(await requestConnection('', { 'Sec-WebSocket-Protocol': offered })).toEqual({ status: 400 });
  });

  it('isn\'t required when the client offers none', async () => {
    expect(await requestConnection('')).toEqual({ status: 101, subprotocol: undefined });
  });
});

describe('the headers of a connect request', () => {
  it.each<[string, Record<string, string | string[]>]>([
    ['the origin null', { Origin: 'null' }],
    ['an origin with SQL', { Origin: "https://'; DROP TABLE trips; --" }],
    ['names of inherited properties', { ['__proto__']: 'x', constructor: 'x', toString: 'x' }],
    ['a forged forwarding address', { 'X-Forwarded-For': "127.0.0.1, '; DROP TABLE trips; --", 'X-Amzn-Trace-Id': 'Root=x' }],
    ['a long header', { 'X-Long': 'x'.repeat(4000) }],
    ['a user agent with HTML', { 'User-Agent': '<script>alert(1)</script>' }],
    ['an unused authorization', { Authorization: 'Bearer abc' }],
    ['many cookies', { Cookie: Array.from({ length: 100 }, (_, n) => `c${n}=${'x'.repeat(20)}`).join('; ') }],
  ])('have no effect with open access when they contain %s', async (_, headers) => {
    expect(await requestConnection('', headers)).toMatchObject({ status: 101 });
  });
});

it('leaves the table unchanged and writes no header or query string to a log', async () => {
  expect(await attacked.trips()).toBe(3);
  expect(attacked.application.logged.join('\n')).not.toMatch(/polluted|passwd|DROP TABLE|alert\(1\)|Bearer|redshift-query\.token|TypeError|RangeError/);
});

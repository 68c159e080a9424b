import { WebSocket } from 'ws';
import { stateOf, useClientTests } from './use-client';
import { connect } from '../../src/client';

const tests = useClientTests();

/** Parts of a JSON Web Token, made of what RFC 7515 allows. */
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhLWJfYyJ9.c2lnbmF0dXJl-_';

function offered(request: { headers: Record<string, unknown> }): unknown {
  return request.headers['sec-websocket-protocol'];
}

describe('a token', () => {
  test('travels as a subprotocol, after the one that is spoken, and not in the address', async () => {
    tests.client({ token: TOKEN, protocols: ['of-mine'] }).connect();
    const { request } = await tests.server.connection();
    expect(offered(request)).toBe(`redshift-query.v1,redshift-query.token.${TOKEN},of-mine`);
    expect(request.url).toBe('/prod');
  });

  test.each([
    ['a/b+c==', '', '/prod?token=a%2Fb%2Bc%3D%3D'],
    ['a b', '?trip_month=2015-01', '/prod?trip_month=2015-01&token=a%20b'],
    ['schlüssel', '?', '/prod?&token=schl%C3%BCssel'],
    ['a"&token=b', '?a=%2F&b=+', '/prod?a=%2F&b=+&token=a%22%26token%3Db'],
  ])('that no subprotocol can carry, such as %s, travels in the address, and what stands there stays', async (token, queryString, expected) => {
    const client = connect(`${tests.server.url}${queryString}`, { WebSocket, clock: tests.clock, token });
    client.connect();
    const { request } = await tests.server.connection();
    expect(request.url).toBe(expected);
    expect(offered(request)).toBe('redshift-query.v1');
    client.close();
  });

  test('that travels in the address stands before a fragment, which no server hears of', async () => {
    const addresses: string[] = [];
    class NotingSocket {
      constructor(url: string) {
        addresses.push(url);
      }
      public addEventListener(): void {}
      public send(): void {}
      public close(): void {}
    }
    const client = connect('wss://service/prod#part', { WebSocket: NotingSocket, clock: tests.clock, token: 'a=b' });
    client.connect();
    await new Promise((resolve) => setImmediate(resolve));
    expect(addresses).toEqual(['wss://service/prod?token=a%3Db#part']);
    client.close();
  });

  test.each([..."!#$%&'*+-.^_`|~09azAZ"])('travels as a subprotocol with the character %s in it', async (character) => {
    tests.client({ token: `a${character}` }).connect();
    const { request } = await tests.server.connection();
    expect(offered(request)).toBe(`redshift-query.v1,redshift-query.token.a${character}`);
  });

  test('of a function is fetched at each attempt', async () => {
    let tokens = 0;
    const client = tests.client({
      token: async () => {
        tokens += 1;
        return `token-${tokens}`;
      },
    });
    const query = client.query();
    const first = await tests.server.connection(0);
    expect(offered(first.request)).toBe('redshift-query.v1,redshift-query.token.token-1');
    await first.heard('query');
    first.drop();
    await stateOf(client, 'waiting');
    tests.clock.advance(1000);
    const second = await tests.server.connection(1);
    expect(offered(second.request)).toBe('redshift-query.v1,redshift-query.token.token-2');
    second.answer(await second.heard('query'), 'r', []);
    await query;
  });

  test('that cannot be fetched fails the attempt, and the error says why', async () => {
    const cause = new Error('not signed in');
    const client = tests.client({ token: () => Promise.reject(cause), maxAttempts: 2 });
    client.onStateChange((state) => state.name === 'waiting' && tests.clock.advance(1000));
    await expect(client.query()).rejects.toMatchObject({ code: 'connect_options_failed', retryable: true, cause });
    expect(tests.server.connections).toHaveLength(0);
  });

  test.each([[''], [undefined], [7]])('that a function gives as %p fails the attempt instead of connecting without one', async (nothing) => {
    const client = tests.client({ token: () => nothing as string, maxAttempts: 1 });
    const error = await client.query().catch((reason) => reason);
    expect(error).toMatchObject({ code: 'connect_options_failed', cause: { message: expect.stringContaining('"token"') } });
    expect(tests.server.connections).toHaveLength(0);
  });

  test.each([[''], [7]])('that is %p is refused at once', (token) => {
    expect(() => tests.client({ token: token as string })).toThrow('The option "token" must be a string of at least one character, or a function that returns one.');
  });

  test.each([
    ['as a subprotocol', TOKEN, () => 'nowhere'],
    ['in the address', 'a/b=SECRET', () => 'nowhere'],
    ['as a subprotocol twice', TOKEN, () => tests.server.url],
  ])('%s stands in no error', async (_, token, address) => {
    // A browser's complaint repeats the address, or the subprotocol.
    class ComplainingSocket {
      constructor(url: string, protocols?: string[]) {
        throw new SyntaxError(`The URL '${url}' or one of ${String(protocols)} is invalid.`);
      }
      public addEventListener(): void {}
      public send(): void {}
      public close(): void {}
    }
    const client = connect(address(), { WebSocket: ComplainingSocket, clock: tests.clock, token });
    const error = await client.query().catch((reason) => reason);
    expect(error).toMatchObject({ code: 'invalid_url' });
    const told = `${error} ${error.stack} ${error.cause} ${JSON.stringify(error)}`;
    expect(told).not.toContain(token);
    expect(told).not.toContain(encodeURIComponent(token));
    client.close();
  });
});

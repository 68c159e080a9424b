import { WebSocket } from 'ws';
import { connect } from '../../../src/client';
import { waitForState, useClientTests } from '../support/client-test';
import { FakeSocket } from '../support/fake-socket';

const tests = useClientTests();

/** Parts of a JSON Web Token, with the characters of RFC 7515. */
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhLWJfYyJ9.c2lnbmF0dXJl-_';

function offered(request: { headers: Record<string, unknown> }): unknown {
  return request.headers['sec-websocket-protocol'];
}

describe('a token', () => {
  it('is sent as a subprotocol, and not in the URL', async () => {
    tests.client({ token: TOKEN, protocols: ['of-mine'] }).connect();
    const { request } = await tests.server.connection();
    expect(offered(request)).toBe(`redshift-query.v1,redshift-query.token.${TOKEN},of-mine`);
    expect(request.url).toBe('/prod');
  });

  it.each([
    ['a/b+c==', '', '/prod?token=a%2Fb%2Bc%3D%3D'],
    ['a b', '?trip_month=2015-01', '/prod?trip_month=2015-01&token=a%20b'],
    ['schlüssel', '?', '/prod?&token=schl%C3%BCssel'],
    ['a"&token=b', '?a=%2F&b=+', '/prod?a=%2F&b=+&token=a%22%26token%3Db'],
  ])('is added to the query string when it is %s, which a subprotocol can not contain', async (token, queryString, expected) => {
    const client = connect(`${tests.server.url}${queryString}`, { WebSocket, clock: tests.clock, token });
    client.connect();
    const { request } = await tests.server.connection();
    expect(request.url).toBe(expected);
    expect(offered(request)).toBe('redshift-query.v1');
    client.close();
  });

  it('is added before the fragment of the URL', async () => {
    const addresses: string[] = [];
    class RecordingSocket extends FakeSocket {
      constructor(url: string) {
        super();
        addresses.push(url);
      }
    }
    const client = connect('wss://service/prod#part', { WebSocket: RecordingSocket, clock: tests.clock, token: 'a=b' });
    client.connect();
    await new Promise((resolve) => setImmediate(resolve));
    expect(addresses).toEqual(['wss://service/prod?token=a%3Db#part']);
    client.close();
  });

  it.each([..."!#$%&'*+-.^_`|~09azAZ"])('is sent as a subprotocol when it contains the character %s', async (character) => {
    tests.client({ token: `a${character}` }).connect();
    const { request } = await tests.server.connection();
    expect(offered(request)).toBe(`redshift-query.v1,redshift-query.token.a${character}`);
  });

  it('is fetched for each attempt when it is a function', async () => {
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
    await first.received('query');
    first.drop();
    await waitForState(client, 'waiting');
    tests.clock.advance(1000);
    const second = await tests.server.connection(1);
    expect(offered(second.request)).toBe('redshift-query.v1,redshift-query.token.token-2');
    second.sendResult(await second.received('query'), 'r', []);
    await query;
  });

  it('rejects with the cause when the function fails', async () => {
    const cause = new Error('not signed in');
    const client = tests.client({ token: () => Promise.reject(cause), maxAttempts: 2 });
    client.onStateChange((state) => state.name === 'waiting' && tests.clock.advance(1000));
    await expect(client.query()).rejects.toMatchObject({ code: 'connect_options_failed', retryable: true, cause });
    expect(tests.server.connections).toHaveLength(0);
  });

  it.each([[''], [undefined], [7]])('fails the attempt when the function returns %p', async (nothing) => {
    const client = tests.client({ token: () => nothing as string, maxAttempts: 1 });
    const error = await client.query().catch((reason) => reason);
    expect(error).toMatchObject({ code: 'connect_options_failed', cause: { message: expect.stringContaining('"token"') } });
    expect(tests.server.connections).toHaveLength(0);
  });

  it.each([[''], [7]])('throws when it is %p', (token) => {
    expect(() => tests.client({ token: token as string })).toThrow('The option "token" must be a string of at least one character, or a function that returns one.');
  });

  it.each([
    ['as a subprotocol', TOKEN, () => 'nowhere'],
    ['in the address', 'a/b=SECRET', () => 'nowhere'],
    ['as a subprotocol twice', TOKEN, () => tests.server.url],
  ])('is in no error when it is %s', async (_, token, address) => {
    // The error of a browser contains the URL or the subprotocol.
    class FailingSocket extends FakeSocket {
      constructor(url: string, protocols?: string[]) {
        super();
        throw new SyntaxError(`The URL '${url}' or one of ${String(protocols)} is invalid.`);
      }
    }
    const client = connect(address(), { WebSocket: FailingSocket, clock: tests.clock, token });
    const error = await client.query().catch((reason) => reason);
    expect(error).toMatchObject({ code: 'invalid_url' });
    const printed = `${error} ${error.stack} ${error.cause} ${JSON.stringify(error)}`;
    expect(printed).not.toContain(token);
    expect(printed).not.toContain(encodeURIComponent(token));
    client.close();
  });
});

import type { QueryProgress } from '../../../src/client';
import { waitUntilReceived, countRows, waitForState, useClientTests } from '../support/client-test';
import { complete, createParts, rowsMessages } from '../support/scripted-server';

const tests = useClientTests();
const LIMITS = { messageBytes: 32768, queriesPerConnection: 20, queriesPerCaller: 100, messagesPerSecond: 1000, burst: 2000 };

describe('limits()', () => {
  it('opens a connection for the request, and closes it when it is idle', async () => {
    const client = tests.client();
    const limits = client.limits();
    const connection = await tests.server.connection();
    await connection.received('ping');
    connection.send({ type: 'pong', limits: LIMITS });
    expect(await limits).toEqual(LIMITS);
    tests.clock.advance(60_000);
    await connection.closed();
    expect(client.state).toEqual({ name: 'idle' });
  });

  it('sends one request for concurrent calls, and another one later', async () => {
    const client = tests.client();
    const [one, other] = [client.limits(), client.limits()];
    const connection = await tests.server.connection();
    await connection.received('ping', 0);
    connection.send({ type: 'pong', limits: LIMITS });
    expect(await one).toEqual(await other);
    expect(connection.ofType('ping')).toHaveLength(1);
    const again = client.limits();
    await connection.received('ping', 1);
    connection.send({ type: 'pong', limits: { ...LIMITS, queriesPerConnection: 7 } });
    expect(await again).toMatchObject({ queriesPerConnection: 7 });
  });

  it.each([
    ['nothing', undefined], ['no object', 7], ['too little', { messageBytes: 1 }], ['no numbers', { ...LIMITS, burst: '2000' }], ['nonsense', { ...LIMITS, messageBytes: -1 }],
  ])('returns undefined when the service sends %s', async (_, limits) => {
    const client = tests.client();
    const response = client.limits();
    const connection = await tests.server.connection();
    await connection.received('ping');
    connection.send({ type: 'pong', limits });
    expect(await response).toBeUndefined();
  });

  it('repeats the request when the connection is lost or API Gateway loses it', async () => {
    const client = tests.client();
    const limits = client.limits();
    const first = await tests.server.connection(0);
    await first.received('ping');
    first.drop();
    await waitForState(client, 'waiting');
    tests.clock.advance(1000);
    const second = await tests.server.connection(1);
    await second.received('ping', 0);
    const { onProgress, atLeast } = countRows();
    const query = client.query({}, { onProgress });
    const request = await second.received('query');
    second.accept(request, 'r');
    await waitUntilReceived(second, client);
    second.send({ message: 'Internal server error', connectionId: 'c', requestId: 'r' }, ...rowsMessages('r', createParts(1)));
    await atLeast(2);
    tests.clock.advance(10_000);
    await second.received('ping', 1);
    second.send({ type: 'pong', limits: LIMITS });
    expect(await limits).toEqual(LIMITS);
    second.send(complete(request, 'r', createParts(1)));
    await query;
  });

  it('rejects when there is no connection, or the client is closed', async () => {
    tests.server.acceptsConnections = false;
    const client = tests.client({ maxAttempts: 1 });
    await expect(client.limits()).rejects.toMatchObject({ code: 'unreachable' });
    const waiting = client.limits();
    client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(client.limits()).rejects.toMatchObject({ code: 'closed' });
  });

  it('rejects when the service does not respond', async () => {
    const client = tests.client();
    const failed = client.limits().catch(({ code }) => code);
    const connection = await tests.server.connection();
    for (let ping = 0; ping < 5; ping += 1) {
      await connection.received('ping', ping);
      await waitUntilReceived(connection, client);
      tests.clock.advance(10_000);
    }
    expect(await failed).toBe('no_response');
  });
});

it('reports the limits of a query when it is accepted', async () => {
  const updates: QueryProgress[] = [];
  const query = tests.client().query({}, { onProgress: (progress) => updates.push(progress) });
  const connection = await tests.server.connection();
  const limits = { timeLimitMs: 900_000, rows: 1000 };
  connection.sendResult(await connection.received('query'), 'r', []);
  await query;
  expect(updates.at(-1)?.limits).toBeUndefined();
  const limited = tests.client().query({}, { onProgress: (progress) => updates.push(progress) });
  const another = await tests.server.connection(1);
  const request = await another.received('query');
  expect(updates.at(-1)).toMatchObject({ state: 'submitted' });
  expect(updates.at(-1)?.limits).toBeUndefined();
  another.accept(request, 'r', { limits });
  another.sendResult(request, 'r', []);
  await limited;
  expect(updates.find(({ state, limits: sent }) => state === 'accepted' && sent !== undefined)?.limits).toEqual(limits);
});

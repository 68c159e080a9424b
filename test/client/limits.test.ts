import { complete, partsOf, rowsMessages } from './scripted-server';
import { heardBy, rowsCounted, stateOf, useClientTests } from './use-client';
import type { QueryProgress } from '../../src/client';

const tests = useClientTests();
const LIMITS = { messageBytes: 32768, queriesPerConnection: 20, queriesPerCaller: 100, messagesPerSecond: 1000, burst: 2000 };

describe('the bounds of a connection', () => {
  test('are asked of the service, on a connection that is opened for it and closed later', async () => {
    const client = tests.client();
    const limits = client.limits();
    const connection = await tests.server.connection();
    await connection.heard('ping');
    connection.say({ type: 'pong', limits: LIMITS });
    expect(await limits).toEqual(LIMITS);
    tests.clock.advance(60_000);
    await connection.closed();
    expect(client.state).toEqual({ name: 'idle' });
  });

  test('are asked once for all who ask at the same time, and again later', async () => {
    const client = tests.client();
    const [one, other] = [client.limits(), client.limits()];
    const connection = await tests.server.connection();
    await connection.heard('ping', 0);
    connection.say({ type: 'pong', limits: LIMITS });
    expect(await one).toEqual(await other);
    expect(connection.of('ping')).toHaveLength(1);
    const again = client.limits();
    await connection.heard('ping', 1);
    connection.say({ type: 'pong', limits: { ...LIMITS, queriesPerConnection: 7 } });
    expect(await again).toMatchObject({ queriesPerConnection: 7 });
  });

  test.each([
    ['nothing', undefined], ['no object', 7], ['too little', { messageBytes: 1 }], ['no numbers', { ...LIMITS, burst: '2000' }], ['nonsense', { ...LIMITS, messageBytes: -1 }],
  ])('are undefined where the service says %s of them', async (_, limits) => {
    const client = tests.client();
    const asked = client.limits();
    const connection = await tests.server.connection();
    await connection.heard('ping');
    connection.say({ type: 'pong', limits });
    expect(await asked).toBeUndefined();
  });

  test('are asked again on another connection when one is lost, or API Gateway could not ask the function', async () => {
    const client = tests.client();
    const limits = client.limits();
    const first = await tests.server.connection(0);
    await first.heard('ping');
    first.drop();
    await stateOf(client, 'waiting');
    tests.clock.advance(1000);
    const second = await tests.server.connection(1);
    await second.heard('ping', 0);
    const { onProgress, atLeast } = rowsCounted();
    const query = client.query({}, { onProgress });
    const question = await second.heard('query');
    second.accept(question, 'r');
    await heardBy(second, client);
    second.say({ message: 'Internal server error', connectionId: 'c', requestId: 'r' }, ...rowsMessages('r', partsOf(1)));
    await atLeast(2);
    tests.clock.advance(10_000);
    await second.heard('ping', 1);
    second.say({ type: 'pong', limits: LIMITS });
    expect(await limits).toEqual(LIMITS);
    second.say(complete(question, 'r', partsOf(1)));
    await query;
  });

  test('are an error where there is no connection, or the client is closed', async () => {
    tests.server.isOpen = false;
    const client = tests.client({ maxAttempts: 1 });
    await expect(client.limits()).rejects.toMatchObject({ code: 'unreachable' });
    const waiting = client.limits();
    client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(client.limits()).rejects.toMatchObject({ code: 'closed' });
  });

  test('are an error where the service never says them', async () => {
    const client = tests.client();
    const failed = client.limits().catch(({ code }) => code);
    const connection = await tests.server.connection();
    for (let ping = 0; ping < 5; ping += 1) {
      await connection.heard('ping', ping);
      await heardBy(connection, client);
      tests.clock.advance(10_000);
    }
    expect(await failed).toBe('no_response');
  });
});

test('the bounds of a query are known once it is accepted', async () => {
  const heard: QueryProgress[] = [];
  const query = tests.client().query({}, { onProgress: (progress) => heard.push(progress) });
  const connection = await tests.server.connection();
  const limits = { timeLimitMs: 900_000, rows: 1000 };
  connection.answer(await connection.heard('query'), 'r', []);
  await query;
  expect(heard.at(-1)?.limits).toBeUndefined();
  const bounded = tests.client().query({}, { onProgress: (progress) => heard.push(progress) });
  const another = await tests.server.connection(1);
  const question = await another.heard('query');
  expect(heard.at(-1)).toMatchObject({ state: 'submitted' });
  expect(heard.at(-1)?.limits).toBeUndefined();
  another.accept(question, 'r', { limits });
  another.answer(question, 'r', []);
  await bounded;
  expect(heard.find(({ state, limits: told }) => state === 'accepted' && told !== undefined)?.limits).toEqual(limits);
});

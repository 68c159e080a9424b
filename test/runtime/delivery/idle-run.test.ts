import { sendMessage } from '../../../src/runtime/delivery/send-message';
import { onDisconnect } from '../../../src/runtime/disconnect/on-disconnect';
import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import type { Run } from '../../../src/runtime/model/run';
import { beforeEvery, beforeNext, failAfter, failNext, interruptionsOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

let services: MemoryServices;
let client: MemoryClient;
let other: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
  other = new MemoryClient(services, 'c2');
});

describe('a client that leaves', () => {
  test('has its statement canceled after the grace period of its query, and the time that a message may take', async () => {
    await client.ask('a');
    await client.disconnect();
    await services.passSeconds(10 + 29);
    expect(services.statementApi.running).toHaveLength(1);
    await services.passSeconds(10);
    expect(services.statementApi.running).toEqual([]);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('has all its queries forgotten, and no other client\'s', async () => {
    await client.ask('a');
    await client.ask('b', undefined, 'reused');
    await other.ask('a');
    await client.disconnect();
    expect(services.unfinished().requests.filter((key) => key.includes('c1'))).toEqual([]);
    await services.passSeconds(60);
    expect(services.statementApi.running).toEqual([other.result('a')]);
    await services.statementEnded(other.result('a'));
    expect(other.endings('a')).toMatchObject([{ type: 'complete' }]);
  });

  test('and whose page is back within the grace finds its statement still running', async () => {
    await client.ask('a');
    await client.disconnect();
    await services.passSeconds(8);
    await other.ask('a');
    await services.passSeconds(60);
    expect(services.statementApi.cancelled).toEqual([]);
    await services.statementEnded(other.result('a'));
    expect(services.statementApi.started).toHaveLength(1);
    expect(other.rows(other.result('a'))).toEqual(services.statementApi.pages[0]);
  });

  test('and is back while the run is being closed finds its statement still running', async () => {
    await client.ask('a');
    await client.disconnect();
    beforeEvery(services.store, 'saveRun', async (_run, _lease, { state }: Partial<Run>) => state === 'closed' ? other.ask('a') : undefined);
    await services.passSeconds(60);
    expect(services.statementApi.running).toEqual([other.result('a')]);
    await services.statementEnded(other.result('a'));
    expect(services.statementApi.started).toHaveLength(1);
    expect(other.rows(other.result('a'))).toEqual(services.statementApi.pages[0]);
  });

  test('and is back while the run is being closed is told of no other end, whoever looks at its query meanwhile', async () => {
    await client.ask('a');
    await client.disconnect();
    beforeEvery(services.store, 'saveRun', async (_run, _lease, { state }: Partial<Run>) => {
      if (state === 'closed') {
        await other.ask('a');
        beforeNext(services.store, 'subscribers', async () => sendMessage(services, { type: 'request', connectionId: 'c2', id: 'a', attempt: 1 }, services.deadline()));
      }
    });
    await services.passSeconds(60);
    await services.statementEnded(other.result('a'));
    expect(other.endings('a')).toMatchObject([{ type: 'complete' }]);
    expect(services.statementApi.started).toHaveLength(1);
  });

  test('for the second time has the whole grace period again', async () => {
    await client.ask('a');
    const result = client.result('a');
    await client.disconnect();
    await services.passSeconds(20);
    await other.say({ type: 'resume', id: 'b', result, after: -1 });
    await services.passSeconds(20);
    await other.disconnect();
    await services.passSeconds(10 + 29);
    expect(services.statementApi.running).toEqual([result]);
    await services.passSeconds(10);
    expect(services.statementApi.running).toEqual([]);
  });

  test('keeps its grace period when the last other client cancels', async () => {
    await client.ask('a');
    await other.ask('b');
    await client.disconnect();
    await services.passSeconds(6);
    await other.say({ type: 'cancel', id: 'b' });
    await services.passSeconds(30);
    expect(services.statementApi.running).toEqual([client.result('a')]);
    await services.passSeconds(30);
    expect(services.statementApi.running).toEqual([]);
  });

  test('finds its statement still running when its resume is processed 29 seconds after the grace period', async () => {
    await client.ask('a');
    const result = client.result('a');
    await client.disconnect();
    await services.passSeconds(10 + 29);
    await other.say({ type: 'resume', id: 'b', result, after: -1 });
    await services.passSeconds(120);
    await services.statementEnded(result);
    expect(other.rows(result)).toEqual(services.statementApi.pages[0]);
    expect(services.statementApi.started).toHaveLength(1);
  });

  test('has the grace period that its query had when it was submitted', async () => {
    const { everything } = services.queries;
    services.queries = { ...services.queries, everything: { ...everything, reconnectGraceSeconds: 600 } };
    await client.ask('a');
    services.queries = { ...services.queries, everything };
    await client.disconnect();
    await services.passSeconds(600);
    expect(services.statementApi.running).toHaveLength(1);
    await services.passSeconds(60);
    expect(services.statementApi.running).toEqual([]);
  });

  test('without API Gateway telling is found out by the next progress', async () => {
    await client.ask('a');
    client.vanish();
    await services.passSeconds(5);
    expect(services.unfinished().requests).toEqual([]);
    await services.passSeconds(50);
    expect(services.statementApi.running).toEqual([]);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('while Redshift takes no cancels has its statement cancelled when it does', async () => {
    await client.ask('a');
    failNext(services.statementApi, 'cancel', ...Array.from({ length: 5 }, () => new ThrottledError('3 a second')));
    await client.disconnect();
    await services.passSeconds(400);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters).toEqual([]);
  });

  test('before its statement could be started has none started', async () => {
    failNext(services.statementApi, 'start', ...Array.from({ length: 4 }, () => new ThrottledError('30 a second')));
    await client.ask('a');
    await client.disconnect();
    await services.passSeconds(120);
    expect(services.statementApi.started).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('before its query was accepted has no statement started', async () => {
    client.vanish();
    await client.ask('a');
    await services.passSeconds(120);
    expect(services.statementApi.started).toEqual([]);
  });

  test('while its query is being accepted leaves nothing behind', async () => {
    beforeNext(services.store, 'subscribe', async () => client.disconnect());
    await client.ask('a');
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('after its query was accepted, and before it was started, leaves nothing behind', async () => {
    beforeNext(services.statementApi, 'start', async () => client.disconnect());
    await client.ask('a');
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('is no trouble when its $disconnect comes twice', async () => {
    await client.ask('a');
    await client.disconnect();
    await client.disconnect();
    await services.passSeconds(120);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('after its answer has nothing cancelled', async () => {
    await client.ask('a');
    await services.statementEnded(client.result('a'));
    await client.disconnect();
    await services.passSeconds(120);
    expect(services.statementApi.cancelled).toEqual([]);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
  });
});

describe('of a client that leaves nothing is left behind when OnDisconnect', () => {
  const calls = ['requests', 'removeRequest', 'removeRequest', 'unsubscribe', 'unsubscribe', 'send', 'send'];

  beforeEach(async () => {
    await client.ask('a');
    await client.ask('b', undefined, 'reused');
  });

  test('makes the calls below', async () => {
    const interruption = services.interrupt('busy before', Infinity);
    await client.disconnect();
    expect(interruption.calls).toEqual(calls);
  });

  test.each(interruptionsOf(calls))('was $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.interrupt(kind, nthCall);
    await services.untilDone(async () => client.disconnect().catch((error: Error) => expect(error.message).toMatch(/throttled|timed out|surprise/)));
    await services.passSeconds(300);
    expect(services.statementApi.cancelled).toHaveLength(2);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

describe('a client that is said to have left, while posts to it still succeed, has its statement cancelled though its query was', () => {
  afterEach(async () => {
    await services.passSeconds(60);
    expect(services.statementApi.started).toHaveLength(1);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('joined to its run after OnDisconnect had read it', async () => {
    failNext(services.store, 'requests', undefined, new ThrottledError('throttled'));
    await client.ask('a');
    beforeNext(services.store, 'removeRequest', async () => services.passSeconds(2));
    await onDisconnect(services, 'c1');
  });

  test('subscribed to its run, which could not be read then', async () => {
    await client.ask('a');
    failNext(services.store, 'run', undefined, new ThrottledError('throttled'));
    await other.ask('a');
    await onDisconnect(services, 'c2');
    await onDisconnect(services, 'c1');
  });

  test('joined again while OnDisconnect removed it', async () => {
    await client.connect({ query: 'everything' });
    await services.passSeconds(0);
    client.open();
    beforeNext(services.store, 'subscribe', async () => onDisconnect(services, 'c1'));
    await services.passSeconds(2);
    expect(client.types()).toEqual([]);
  });

  test('joined again while OnDisconnect removed it, and its buffer was full', async () => {
    await client.connect({ query: 'everything' });
    client.open();
    beforeNext(services.store, 'subscribe', async () => onDisconnect(services, 'c1'));
    failNext(services.connections, 'post', new ServiceBusyError('the buffer of the client is full'));
    await services.passSeconds(2);
  });

  test('announced just before', async () => {
    beforeNext(services.connections, 'post', async () => onDisconnect(services, 'c1'));
    await client.ask('a');
  });
});

test('a statement whose start timed out, and was throttled when it was tried again, is cancelled when all have left', async () => {
  failAfter(services.statementApi, 'start', new ServiceBusyError('timed out'));
  await client.ask('a');
  await other.connect({ query: 'everything' });
  other.open();
  failNext(services.statementApi, 'start', new ThrottledError('throttled'));
  await services.passSeconds(0);
  expect(other.types()).toEqual(['accepted']);
  await client.disconnect();
  await other.disconnect();
  await services.passSeconds(60);
  expect(services.statementApi.cancelled).toHaveLength(1);
  expect(services.unfinished()).toEqual(NOTHING);
});

describe('a statement for which nobody waits is cancelled when SendMessage', () => {
  const calls = ['acquireRun', 'describe', 'subscribers', 'saveRun', 'subscribers', 'cancel', 'removeRun'];

  beforeEach(async () => {
    await client.ask('a');
    await services.passSeconds(6);
    await client.disconnect();
    await services.passSeconds(5 + 10 + 29);
  });

  test('makes the calls below', async () => {
    const { calls: made } = services.interrupt('busy before', Infinity);
    await services.doNextJob();
    expect(made).toEqual(calls);
  });

  test.each(interruptionsOf(calls))('was $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.interrupt(kind, nthCall);
    await services.doNextJob();
    await services.passSeconds(600);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
    await other.ask('b');
    await services.statementEnded(other.result('b'));
    expect(other.rows(other.result('b'))).toEqual(services.statementApi.pages[0]);
  });
});

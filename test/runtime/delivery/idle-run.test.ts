import { sendMessage } from '../../../src/runtime/delivery/send-message';
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

describe('a client that disconnects', () => {
  it('has its statement canceled after the grace period of its query and the maximum processing time of a message', async () => {
    await client.submit('a');
    await client.disconnect();
    await services.passSeconds(10 + 29);
    expect(services.statementApi.running).toHaveLength(1);
    await services.passSeconds(10);
    expect(services.statementApi.running).toEqual([]);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('has all its queries removed, and those of other clients are not removed', async () => {
    await client.submit('a');
    await client.submit('b', undefined, 'reused');
    await other.submit('a');
    await client.disconnect();
    expect(services.unfinished().requests.filter((key) => key.includes('c1'))).toEqual([]);
    await services.passSeconds(60);
    expect(services.statementApi.running).toEqual([other.result('a')]);
    await services.statementEnded(other.result('a'));
    expect(other.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
  });

  it('finds its statement still running when it reconnects within the grace period', async () => {
    await client.submit('a');
    await client.disconnect();
    await services.passSeconds(8);
    await other.submit('a');
    await services.passSeconds(60);
    expect(services.statementApi.cancelled).toEqual([]);
    await services.statementEnded(other.result('a'));
    expect(services.statementApi.started).toHaveLength(1);
    expect(other.rows(other.result('a'))).toEqual(services.statementApi.pages[0]);
  });

  it('finds its statement still running when it reconnects while the run is being closed', async () => {
    await client.submit('a');
    await client.disconnect();
    beforeEvery(services.store, 'saveRun', async (_run, _lease, { isClosed }: Partial<Run>) => isClosed ? other.submit('a') : undefined);
    await services.passSeconds(60);
    expect(services.statementApi.running).toEqual([other.result('a')]);
    await services.statementEnded(other.result('a'));
    expect(services.statementApi.started).toHaveLength(1);
    expect(other.rows(other.result('a'))).toEqual(services.statementApi.pages[0]);
  });

  it('receives the result when it reconnects while the run is being closed and another function processes its query', async () => {
    await client.submit('a');
    await client.disconnect();
    beforeEvery(services.store, 'saveRun', async (_run, _lease, { isClosed }: Partial<Run>) => {
      if (isClosed) {
        await other.submit('a');
        beforeNext(services.store, 'subscribers', async () => sendMessage(services, { type: 'request', connectionId: 'c2', id: 'a', attempt: 1 }, services.deadline()));
      }
    });
    await services.passSeconds(60);
    await services.statementEnded(other.result('a'));
    expect(other.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
    expect(services.statementApi.started).toHaveLength(1);
  });

  it('does not receive the error of its canceled statement when it submits again before the canceled run is removed', async () => {
    await client.submit('a');
    await client.send({ type: 'cancel', id: 'a' });
    failNext(services.store, 'removeRun', new ServiceBusyError('throttled'));
    await services.passSeconds(0);
    beforeNext(services.store, 'run', async () => services.passSeconds(2));
    await other.submit('b');
    await services.passSeconds(1);
    expect(services.statementApi.started).toHaveLength(2);
    await services.statementEnded(other.result('b'));
    expect(other.terminalMessages('b')).toMatchObject([{ type: 'complete' }]);
  });

  it('has the full grace period again when it disconnects for the second time', async () => {
    await client.submit('a');
    const result = client.result('a');
    await client.disconnect();
    await services.passSeconds(20);
    await other.send({ type: 'resume', id: 'b', result, after: -1 });
    await services.passSeconds(20);
    await other.disconnect();
    await services.passSeconds(10 + 29);
    expect(services.statementApi.running).toEqual([result]);
    await services.passSeconds(10);
    expect(services.statementApi.running).toEqual([]);
  });

  it('does not lose its grace period when the last other client cancels', async () => {
    await client.submit('a');
    await other.submit('b');
    await client.disconnect();
    await services.passSeconds(6);
    await other.send({ type: 'cancel', id: 'b' });
    await services.passSeconds(30);
    expect(services.statementApi.running).toEqual([client.result('a')]);
    await services.passSeconds(30);
    expect(services.statementApi.running).toEqual([]);
  });

  it('finds its statement still running when its resume is processed 29 seconds after the grace period', async () => {
    await client.submit('a');
    const result = client.result('a');
    await client.disconnect();
    await services.passSeconds(10 + 29);
    await other.send({ type: 'resume', id: 'b', result, after: -1 });
    await services.passSeconds(120);
    await services.statementEnded(result);
    expect(other.rows(result)).toEqual(services.statementApi.pages[0]);
    expect(services.statementApi.started).toHaveLength(1);
  });

  it('has the grace period that its query had when it was submitted', async () => {
    const { everything } = services.queries;
    services.queries = { ...services.queries, everything: { ...everything, reconnectGraceSeconds: 600 } };
    await client.submit('a');
    services.queries = { ...services.queries, everything };
    await client.disconnect();
    await services.passSeconds(600);
    expect(services.statementApi.running).toHaveLength(1);
    await services.passSeconds(60);
    expect(services.statementApi.running).toEqual([]);
  });

  it('is detected by the next progress message when no disconnect event arrives', async () => {
    await client.submit('a');
    client.closeConnection();
    await services.passSeconds(5);
    expect(services.unfinished().requests).toEqual([]);
    await services.passSeconds(50);
    expect(services.statementApi.running).toEqual([]);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('has its statement canceled when Redshift stops throttling the cancellation', async () => {
    await client.submit('a');
    failNext(services.statementApi, 'cancel', ...Array.from({ length: 5 }, () => new ThrottledError('3 a second')));
    await client.disconnect();
    await services.passSeconds(400);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters).toEqual([]);
  });

  it('has no statement started when it disconnects before the start', async () => {
    failNext(services.statementApi, 'start', ...Array.from({ length: 4 }, () => new ThrottledError('30 a second')));
    await client.submit('a');
    await client.disconnect();
    await services.passSeconds(120);
    expect(services.statementApi.started).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('has its statement canceled when it disconnects before its query is accepted', async () => {
    client.closeConnection();
    await client.submit('a');
    await services.passSeconds(120);
    expect(services.statementApi.running).toEqual([]);
  });

  it('leaves no records when it disconnects while its query is being accepted', async () => {
    beforeNext(services.connections, 'post', async () => client.disconnect());
    await client.submit('a');
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('leaves no records when it disconnects between acceptance and start', async () => {
    beforeNext(services.statementApi, 'start', async () => client.disconnect());
    await client.submit('a');
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('causes one cancellation when its disconnect event is delivered twice', async () => {
    await client.submit('a');
    await client.disconnect();
    await client.disconnect();
    await services.passSeconds(120);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('causes no cancellation when its query is complete', async () => {
    await client.submit('a');
    await services.statementEnded(client.result('a'));
    await client.disconnect();
    await services.passSeconds(120);
    expect(services.statementApi.cancelled).toEqual([]);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
  });
});

test('a statement whose start timed out and was then throttled is canceled when all clients have disconnected', async () => {
  failAfter(services.statementApi, 'start', new ServiceBusyError('timed out'));
  await client.submit('a');
  await other.connect({ query: 'everything' });
  other.open();
  failNext(services.statementApi, 'start', new ThrottledError('throttled'));
  await services.passSeconds(1);
  expect(other.types()).toEqual(['accepted']);
  await client.disconnect();
  await other.disconnect();
  await services.passSeconds(60);
  expect(services.statementApi.cancelled).toHaveLength(1);
  expect(services.unfinished()).toEqual(NOTHING);
});

describe('SendMessage for a run without subscribers', () => {
  const calls = ['run', 'acquireRun', 'describe', 'subscribers', 'saveRun', 'subscribers', 'saveRun', 'cancel', 'removeRun'];

  beforeEach(async () => {
    await client.submit('a');
    await services.passSeconds(6);
    await client.disconnect();
    await services.passSeconds(5 + 10 + 29);
  });

  it('makes the expected calls in order', async () => {
    const { calls: made } = services.interrupt('failure before', Infinity);
    await services.doNextJob();
    expect(made).toEqual(calls);
  });

  it.each(interruptionsOf(calls))('cancels the statement and leaves no records when there is a $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.interrupt(kind, nthCall);
    await services.doNextJob();
    await services.passSeconds(600);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
    await other.submit('b');
    await services.statementEnded(other.result('b'));
    expect(other.rows(other.result('b'))).toEqual(services.statementApi.pages[0]);
  });
});

import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import { beforeNext, failNext, interruptionsOf } from '../../support/memory/interventions';
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

async function cancel(id: string): Promise<void> {
  await client.send({ type: 'cancel', id });
}

function isRunning(): boolean {
  return services.statementApi.running.length > 0;
}

describe('a client that cancels its query', () => {
  it('receives the error cancelled, and its statement is canceled immediately when there are no other subscribers', async () => {
    await client.submit('a');
    const result = client.result('a');
    await cancel('a');
    expect(client.resultMessages()).toEqual([{ type: 'error', id: 'a', result, code: 'cancelled', message: 'The query was canceled.', retryable: true }]);
    await services.passSeconds(1);
    expect(services.statementApi.cancelled).toEqual([result]);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('ends the query for itself only when the run has other subscribers', async () => {
    await client.submit('a');
    await other.submit('b');
    await cancel('a');
    await services.passSeconds(60);
    await services.statementEnded(other.result('b'));
    expect(client.resultMessages()).toMatchObject([{ code: 'cancelled' }]);
    expect(other.resultMessages()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
    expect(services.statementApi.cancelled).toEqual([]);
  });

  it('ends one of its own ids, and no other id with the same result', async () => {
    await client.submit('a');
    await client.submit('b');
    await cancel('a');
    await services.passSeconds(60);
    await services.statementEnded(client.result('b'));
    expect(client.terminalMessages('a')[0]).toMatchObject({ id: 'a', code: 'cancelled' });
    expect(client.terminalMessages('b')).toMatchObject([{ type: 'complete' }]);
  });

  it('receives no further messages about the query', async () => {
    await client.submit('a');
    await cancel('a');
    await services.eventArrives(client.result('a'));
    await services.passSeconds(100);
    expect(client.types()).toEqual(['accepted', 'error']);
  });

  it('receives no further rows', async () => {
    services.statementApi.pages = Array.from({ length: 40 }, (_, row) => [['x'.repeat(20_000), row]]);
    await client.submit('a');
    services.connections.onPost = async (_, message) => {
      if (message.type === 'rows' && message.seq === 5) {
        await cancel('a');
      }
    };
    await services.statementEnded(client.result('a'));
    await services.passSeconds(60);
    expect(client.terminalMessages('a')).toMatchObject([{ code: 'cancelled' }]);
    expect(client.rowsMessages().length).toBeLessThan(40);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it.each([
    ['no query with this id was submitted', async () => undefined],
    ['the query has ended', async () => {
      await client.submit('a');
      await services.statementEnded(client.result('a'));
    }],
    ['the query belongs to another client', async () => other.submit('a')],
  ])('receives the error unknown_id when %s', async (_, before) => {
    await before();
    await cancel('a');
    expect(client.received().at(-1)).toMatchObject({ type: 'error', id: 'a', code: 'unknown_id', retryable: false });
    expect(services.statementApi.cancelled).toEqual([]);
  });

  it('can use the id immediately for another query', async () => {
    await client.submit('a');
    await cancel('a');
    await client.submit('a', undefined, 'reused');
    await services.passSeconds(20);
    await services.statementEnded(client.result('a'));
    expect(client.types().filter((type) => type !== 'progress')).toEqual(['accepted', 'error', 'accepted', 'rows', 'complete']);
  });

  it('can submit the same query under the same id as soon as it receives the error', async () => {
    await client.submit('a');
    services.connections.onPost = async (_, { type }) => type === 'error' ? client.submit('a') : undefined;
    await cancel('a');
    services.connections.onPost = undefined;
    await services.passSeconds(60);
    await services.statementEnded(client.result('a'));
    expect(client.rows(client.result('a'))).toEqual(services.statementApi.pages[0]);
    expect(client.resultMessages().map(({ type }) => type)).toEqual(['error', 'rows', 'complete']);
  });

  it('receives the error once, with a delay, when its buffer is full', async () => {
    await client.submit('a');
    failNext(services.connections, 'post', new ServiceBusyError('buffer full'));
    await cancel('a');
    expect(client.resultMessages()).toEqual([]);
    await services.passSeconds(1);
    expect(client.resultMessages()).toMatchObject([{ code: 'cancelled' }]);
    await services.passSeconds(60);
    expect(client.resultMessages()).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('receives a terminal message that is already stored without further delay', async () => {
    await client.submit('a');
    failNext(services.connections, 'post', undefined, new ServiceBusyError('buffer full'));
    await services.statementEnded(client.result('a'));
    await cancel('a');
    await services.passSeconds(3);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
  });

  it('leaves no records when the cancel is processed before its query is accepted', async () => {
    beforeNext(services.queue, 'sendAll', async () => cancel('a'));
    await client.submit('a');
    await services.passSeconds(120);
    expect(client.received()).toMatchObject([{ type: 'error', id: 'a', code: 'cancelled' }, { type: 'accepted' }]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('leaves no records after the end of the statement when the cancel is processed before acceptance and the function crashes', async () => {
    beforeNext(services.queue, 'sendAll', async () => cancel('a'));
    beforeNext(services.store, 'saveRun', async () => services.crash());
    await services.untilDone(async () => client.submit('a'));
    await services.passSeconds(10);
    await Promise.all(services.statementApi.running.map(async (run) => services.statementEnded(run)));
    await services.passSeconds(120);
    expect(client.resultMessages()).toMatchObject([{ code: 'cancelled' }]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('receives the error immediately, and its statement is canceled later, when Redshift throttles the cancellation', async () => {
    await client.submit('a');
    failNext(services.statementApi, 'cancel', ...Array.from({ length: 3 }, () => new ThrottledError('3 a second')));
    await cancel('a');
    await services.passSeconds(1);
    expect(client.resultMessages()).toMatchObject([{ code: 'cancelled' }]);
    expect(isRunning()).toBe(true);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters).toEqual([]);
  });

  it('receives the error and cancels no statement when the statement has ended in the meantime', async () => {
    await client.submit('a');
    services.statementApi.end(client.result('a'));
    await cancel('a');
    await services.passSeconds(120);
    expect(client.resultMessages()).toMatchObject([{ code: 'cancelled' }]);
    expect(services.statementApi.cancelled).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('has its statement canceled when the id of the statement could not be stored', async () => {
    failNext(services.store, 'saveRun', undefined, new ServiceBusyError('throttled'));
    await client.submit('a');
    expect(isRunning()).toBe(true);
    await cancel('a');
    await services.passSeconds(120);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

describe('OnMessage for a cancel', () => {
  const calls = ['takeOverRequest', 'sendAll', 'endRequest', 'post', 'removeRequest', 'send'];

  it('makes the expected calls in order', async () => {
    await client.submit('a');
    const interruption = services.interrupt('failure before', Infinity);
    await cancel('a');
    expect(interruption.calls).toEqual(calls);
  });

  it.each(interruptionsOf(calls))(
    'sends one terminal message and leaves no records when there is a $kind call $nthCall ($call)',
    async ({ kind, nthCall }) => {
      await client.submit('a');
      services.interrupt(kind, nthCall);
      await services.untilDone(async () => cancel('a'));
      await services.passSeconds(120);
      await Promise.all(services.statementApi.running.map(async (run) => services.statementEnded(run)));
      await services.passSeconds(120);
      const [terminalMessage, ...more] = client.terminalMessages('a');
      expect(more).toEqual([]);
      expect(terminalMessage).toMatchObject(services.statementApi.cancelled.length > 0 ? { code: 'cancelled' } : { type: 'complete' });
      expect(services.unfinished()).toEqual(NOTHING);
    },
  );
});

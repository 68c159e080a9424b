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
  await client.say({ type: 'cancel', id });
}

function isRunning(): boolean {
  return services.statementApi.running.length > 0;
}

describe('a client that cancels its query', () => {
  test('hears so, and its statement is cancelled at once where nobody else waits', async () => {
    await client.ask('a');
    const result = client.result('a');
    await cancel('a');
    expect(client.answered()).toEqual([{ type: 'error', id: 'a', result, code: 'cancelled', message: 'The query was canceled.', retryable: true }]);
    await services.passSeconds(1);
    expect(services.statementApi.cancelled).toEqual([result]);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('ends it for itself alone where others wait', async () => {
    await client.ask('a');
    await other.ask('b');
    await cancel('a');
    await services.passSeconds(60);
    await services.statementEnded(other.result('b'));
    expect(client.answered()).toMatchObject([{ code: 'cancelled' }]);
    expect(other.answered()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
    expect(services.statementApi.cancelled).toEqual([]);
  });

  test('ends one of its own ids, and no other of the same result', async () => {
    await client.ask('a');
    await client.ask('b');
    await cancel('a');
    await services.passSeconds(60);
    await services.statementEnded(client.result('b'));
    expect(client.endings('a')[0]).toMatchObject({ id: 'a', code: 'cancelled' });
    expect(client.endings('b')).toMatchObject([{ type: 'complete' }]);
  });

  test('hears nothing more of it', async () => {
    await client.ask('a');
    await cancel('a');
    await services.eventArrives(client.result('a'));
    await services.passSeconds(100);
    expect(client.types()).toEqual(['accepted', 'error']);
  });

  test('has the rest of the rows dropped', async () => {
    services.statementApi.pages = Array.from({ length: 40 }, (_, row) => [['x'.repeat(20_000), row]]);
    await client.ask('a');
    services.connections.whenHeard = async (_, message) => {
      if (message.type === 'rows' && message.seq === 5) {
        await cancel('a');
      }
    };
    await services.statementEnded(client.result('a'));
    await services.passSeconds(60);
    expect(client.endings('a')).toMatchObject([{ code: 'cancelled' }]);
    expect(client.rowsMessages().length).toBeLessThan(40);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test.each([
    ['no query of this id was asked', async () => undefined],
    ['it has ended', async () => {
      await client.ask('a');
      await services.statementEnded(client.result('a'));
    }],
    ['it belongs to another client', async () => other.ask('a')],
  ])('is told that there is none where %s', async (_, before) => {
    await before();
    await cancel('a');
    expect(client.heard().at(-1)).toMatchObject({ type: 'error', id: 'a', code: 'unknown_id', retryable: false });
    expect(services.statementApi.cancelled).toEqual([]);
  });

  test('may use the id at once for another query', async () => {
    await client.ask('a');
    await cancel('a');
    await client.ask('a', undefined, 'reused');
    await services.passSeconds(20);
    await services.statementEnded(client.result('a'));
    expect(client.types().filter((type) => type !== 'progress')).toEqual(['accepted', 'error', 'accepted', 'rows', 'complete']);
  });

  test('may ask the same again under the same id as soon as it hears so', async () => {
    await client.ask('a');
    services.connections.whenHeard = async (_, { type }) => type === 'error' ? client.ask('a') : undefined;
    await cancel('a');
    services.connections.whenHeard = undefined;
    await services.passSeconds(60);
    await services.statementEnded(client.result('a'));
    expect(client.rows(client.result('a'))).toEqual(services.statementApi.pages[0]);
    expect(client.answered().map(({ type }) => type)).toEqual(['error', 'rows', 'complete']);
  });

  test('while the client cannot take a post hears so later, once', async () => {
    await client.ask('a');
    failNext(services.connections, 'post', new ServiceBusyError('buffer full'));
    await cancel('a');
    expect(client.answered()).toEqual([]);
    await services.passSeconds(1);
    expect(client.answered()).toMatchObject([{ code: 'cancelled' }]);
    await services.passSeconds(60);
    expect(client.answered()).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('delays no last word that is on its way', async () => {
    await client.ask('a');
    failNext(services.connections, 'post', undefined, new ServiceBusyError('buffer full'));
    await services.statementEnded(client.result('a'));
    await cancel('a');
    await services.passSeconds(3);
    expect(client.endings('a')).toMatchObject([{ type: 'complete' }]);
  });

  test('before its query was accepted leaves nothing that goes on', async () => {
    beforeNext(services.store, 'subscribe', async () => cancel('a'));
    await client.ask('a');
    await services.passSeconds(120);
    expect(client.heard()).toMatchObject([{ type: 'error', id: 'a', code: 'cancelled' }]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('before its query was accepted, by a function that then dies, leaves nothing behind when the statement has ended', async () => {
    beforeNext(services.store, 'subscribe', async () => cancel('a'));
    services.interrupt('died after', 8);
    await services.untilDone(async () => client.ask('a'));
    await services.passSeconds(10);
    await Promise.all(services.statementApi.running.map(async (run) => services.statementEnded(run)));
    await services.passSeconds(120);
    expect(client.answered()).toMatchObject([{ code: 'cancelled' }]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('while Redshift takes no cancels hears so all the same, and the statement is cancelled when it does', async () => {
    await client.ask('a');
    failNext(services.statementApi, 'cancel', ...Array.from({ length: 3 }, () => new ThrottledError('3 a second')));
    await cancel('a');
    await services.passSeconds(1);
    expect(client.answered()).toMatchObject([{ code: 'cancelled' }]);
    expect(isRunning()).toBe(true);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters).toEqual([]);
  });

  test('whose statement has ended meanwhile is told so, and nothing else happens', async () => {
    await client.ask('a');
    services.statementApi.end(client.result('a'));
    await cancel('a');
    await services.passSeconds(120);
    expect(client.answered()).toMatchObject([{ code: 'cancelled' }]);
    expect(services.statementApi.cancelled).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('whose statement may have been started under an id that got lost has it cancelled too', async () => {
    failNext(services.store, 'saveRun', undefined, new ServiceBusyError('throttled'));
    await client.ask('a');
    expect(isRunning()).toBe(true);
    await cancel('a');
    await services.passSeconds(120);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

describe('a cancel is answered by its last word or by an error, and the statement ends with the query, when OnMessage', () => {
  const calls = ['takeOverRequest', 'send', 'saveRequest', 'post', 'unsubscribe', 'removeRequest', 'send'];

  test('makes the calls below', async () => {
    await client.ask('a');
    const interruption = services.interrupt('busy before', Infinity);
    await cancel('a');
    expect(interruption.calls).toEqual(calls);
  });

  test.each(interruptionsOf(calls))(
    'was $kind call $nthCall ($call)',
    async ({ kind, nthCall }) => {
      await client.ask('a');
      services.interrupt(kind, nthCall);
      await services.untilDone(async () => cancel('a'));
      await services.passSeconds(120);
      await Promise.all(services.statementApi.running.map(async (run) => services.statementEnded(run)));
      await services.passSeconds(120);
      const [ending, ...more] = client.endings('a');
      expect(more).toEqual([]);
      expect(ending).toMatchObject(services.statementApi.cancelled.length > 0 ? { code: 'cancelled' } : { type: 'complete' });
      expect(services.unfinished()).toEqual(NOTHING);
    },
  );
});

import type { ProgressMessage } from '../../../src/protocol/messages';
import { sendMessage } from '../../../src/runtime/delivery/send-message';
import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import { beforeEvery, beforeNext, failNext, interruptionsOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

/** What a check calls while the statement runs. */
const CALLS = ['acquireRun', 'describe', 'subscribers', 'post', 'send', 'saveRun'];

let services: MemoryServices;
let client: MemoryClient;

beforeEach(async () => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
});

function progress(of = client): ProgressMessage[] {
  return of.received().flatMap((message) => message.type === 'progress' ? [message] : []);
}

describe('SendMessage while a statement runs', () => {
  it('sends progress to the client after 5 seconds, then less and less often, and at least once a minute', async () => {
    await client.submit('a');
    await services.passSeconds(600);
    const received = progress();
    expect(received[0]).toEqual({ type: 'progress', result: client.result('a'), state: 'running', elapsedMs: 5000 });
    const gaps = received.slice(1).map(({ elapsedMs }, index) => elapsedMs - received[index].elapsedMs);
    expect(gaps).toEqual([...gaps].sort((one, other) => one - other));
    expect(gaps.at(-1)).toBe(60_000);
  });

  it('sends progress to all clients, removes a client that has disconnected, and continues when the buffer of another is full', async () => {
    const [left, slow, last] = ['c2', 'c3', 'c4'].map((connectionId) => new MemoryClient(services, connectionId));
    for (const each of [client, left, slow, last]) {
      await each.submit('a');
    }
    left.closeConnection();
    beforeEvery(services.connections, 'post', (connectionId: string) => {
      if (connectionId === slow.connectionId && services.time < 1_010_000) {
        throw new ServiceBusyError('buffer full');
      }
    });
    await services.passSeconds(5);
    expect([client, left, slow, last].map((each) => progress(each).length)).toEqual([1, 0, 0, 1]);
    expect(services.unfinished().requests.filter((key) => key.includes('c2'))).toEqual([]);
    await services.passSeconds(5);
    expect(progress(slow)).toHaveLength(1);
  });

  it('sends progress to each client once, over several checks, when one function has no time for all of them', async () => {
    const CLIENTS = 200;
    const SECONDS_OF_A_POST = 1;
    const clients = Array.from({ length: CLIENTS }, (_, number) => new MemoryClient(services, `slow-${number}`));
    for (const each of clients) {
      await each.submit('a');
    }
    beforeEvery(services.connections, 'post', (_connectionId: string, body: string) => {
      services.time += body.startsWith('{"type":"progress"') ? SECONDS_OF_A_POST * 1000 : 0;
    });
    const deadlines: boolean[] = [];
    let checks = 0;
    while (clients.some((each) => progress(each).length === 0) && checks < 10 * CLIENTS) {
      const endsAt = services.deadline();
      await services.doNextJob();
      deadlines.push(services.time <= endsAt);
      checks += 1;
    }
    expect(clients.map((each) => progress(each).length)).toEqual(clients.map(() => 1));
    expect(deadlines).not.toContain(false);
    expect(services.entries.filter(({ event }) => event === 'retries_exhausted' || event === 'job_failed')).toEqual([]);
    await services.statementEnded(clients[0].result('a'));
    await services.passSeconds(60);
    expect(clients.every((each) => each.terminalMessages('a')[0]?.type === 'complete')).toBe(true);
  });

  it('delays the checks, but does not end the query, when the table is busy for a while', async () => {
    await client.submit('a');
    failNext(services.store, 'acquireRun', ...Array.from({ length: 4 }, () => new ServiceBusyError('throttled')));
    await services.passSeconds(120);
    expect(progress().length).toBeGreaterThan(2);
    await services.statementEnded(client.result('a'));
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
  });

  it.each(interruptionsOf(CALLS))(
    'delays the checks, but does not end the query, when there is a $kind call $nthCall ($call)',
    async ({ kind, nthCall }) => {
      await client.submit('a');
      services.interrupt(kind, nthCall);
      await services.doNextJob();
      await services.passSeconds(600);
      expect(progress().length).toBeGreaterThan(3);
      await services.statementEnded(client.result('a'));
      expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
      await services.passSeconds(120);
      expect(services.unfinished()).toEqual(NOTHING);
    },
  );

  it('delays the checks, but does not end the query, when the function crashes before it queues the first check', async () => {
    failNext(services.queue, 'sendAll', undefined, new Error('broken'));
    await client.submit('a');
    await services.passSeconds(300);
    expect(progress().length).toBeGreaterThan(3);
  });

  it('continues with one sequence of checks when a check is delivered twice', async () => {
    await client.submit('a');
    const [check] = services.queue.jobs;
    await services.queue.send(check, 6);
    await services.passSeconds(300);
    const twice = progress().length;
    const other = new MemoryServices();
    const once = new MemoryClient(other, 'c1');
    await once.submit('a');
    await other.passSeconds(300);
    expect(twice).toBe(progress(once).length);
  });

  it.each([
    ['has started', 'describe', []],
    ['has not started', 'start', [0, 1, 2].map(() => new ThrottledError('30 a second'))],
  ] as const)('continues the checks when another function, which %s the statement, takes over the run from a slow one', async (_, method, errors) => {
    failNext(services.statementApi, 'start', ...errors);
    await client.submit('a');
    await services.passSeconds(4.9);
    beforeNext(services.statementApi, method, async () => {
      services.time += 60_500;
      await sendMessage(services, { type: 'run', run: client.result('a'), attempt: 1 }, services.deadline());
    });
    await services.doNextJob();
    const { length } = progress();
    await services.passSeconds(300);
    expect(progress().length).toBeGreaterThan(length + 2);
  });
});

describe('a query that exceeds its timeout', () => {
  it('ends in an error with the timeout, and its statement is canceled', async () => {
    services.queries = { everything: { ...services.queries.everything, timeoutSeconds: 100 } };
    await client.submit('a');
    await services.passSeconds(100);
    const message = 'The query exceeded its timeout of 100 seconds and was canceled. Reduce the amount of data that it reads.';
    expect(client.resultMessages()).toEqual([{ type: 'error', id: 'a', result: client.result('a'), code: 'time_limit', message, retryable: true, limit: 100 }]);
    expect(services.statementApi.cancelled).toEqual([client.result('a')]);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('ends at its timeout when the timeout is 2 seconds', async () => {
    await client.submit('a', undefined, 'shortTimeout');
    await services.passSeconds(2);
    expect(client.resultMessages()).toMatchObject([{ type: 'error', code: 'time_limit', limit: 2 }]);
    expect(services.statementApi.running).toEqual([]);
  });

  it('ends in an error and never starts when Redshift does not accept statements', async () => {
    beforeEvery(services.statementApi, 'start', () => {
      throw new ServiceBusyError('500 active statements');
    });
    await client.submit('a');
    await services.passSeconds(901);
    expect(client.resultMessages()).toMatchObject([{ type: 'error', code: 'time_limit' }]);
    expect(services.statementApi.started).toEqual([]);
  });

  it('ends for all clients before its statement is canceled when Redshift throttles the cancellation', async () => {
    const other = new MemoryClient(services, 'c2');
    await client.submit('a');
    await other.submit('b');
    failNext(services.statementApi, 'cancel', ...Array.from({ length: 3 }, () => new ServiceBusyError('3 a second')));
    await services.passSeconds(900);
    expect([...client.resultMessages(), ...other.resultMessages()]).toMatchObject([{ code: 'time_limit' }, { code: 'time_limit' }]);
    expect(services.statementApi.running).toEqual([client.result('a')]);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('ends in an error after the fetched rows when the timeout passes during the fetch', async () => {
    services.statementApi.pages = Array.from({ length: 5 }, (_, number) => [['x', number]]);
    await client.submit('a');
    beforeEvery(services.statementApi, 'fetchPage', () => void (services.time += 10_000));
    await services.passSeconds(870);
    await services.statementEnded(client.result('a'));
    await services.passSeconds(60);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'error', code: 'time_limit' }]);
    expect(client.rows(client.result('a')).length).toBeGreaterThan(0);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

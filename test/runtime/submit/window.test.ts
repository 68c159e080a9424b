import { beforeNext, interruptionsOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

const ROWS = Array.from({ length: 6 }, (_, row) => [`${row}`.repeat(20_000), row]);

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  services.statementApi.pages = [ROWS.slice(0, 3), ROWS.slice(3)];
  client = new MemoryClient(services, 'c1');
});

async function more(id: string, credit: number): Promise<void> {
  await client.say({ type: 'more', result: client.result(id), credit });
  await services.passSeconds(2);
}

function seqs(of = client): number[] {
  return of.rowsMessages().map(({ seq }) => seq);
}

describe('a client that asks for a window', () => {
  test('gets so many messages, more as it allows them, and the last word without', async () => {
    await client.ask('a', { window: 2 });
    await services.statementEnded(client.result('a'));
    expect(seqs()).toEqual([0, 1]);
    await services.passSeconds(60);
    expect(seqs()).toEqual([0, 1]);
    await more('a', 3);
    expect(seqs()).toEqual([0, 1, 2, 3, 4]);
    expect(client.types()).not.toContain('complete');
    await more('a', 1);
    expect(seqs()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(client.endings('a')).toMatchObject([{ type: 'complete', rows: 6 }]);
    await services.passSeconds(600);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('may allow more before it has used up what it had, even before there are rows', async () => {
    await client.ask('a', { window: 1 });
    await more('a', 1);
    await more('a', 2);
    await services.statementEnded(client.result('a'));
    expect(seqs()).toEqual([0, 1, 2, 3]);
  });

  it('gets its credit for each id when two ids have the same result', async () => {
    await client.ask('a', { window: 1 });
    await client.ask('b', { window: 2 });
    expect(client.result('b')).toBe(client.result('a'));
    await services.statementEnded(client.result('a'));
    expect(seqs().sort()).toEqual([0, 0, 1]);
    await more('a', 2);
    expect(seqs().sort()).toEqual([0, 0, 1, 1, 2, 2, 3]);
  });

  it('begins with the window of its resume when it had credit left before', async () => {
    await client.ask('a', { window: 1000 });
    const result = client.result('a');
    await client.say({ type: 'cancel', id: 'a' });
    await client.say({ type: 'resume', id: 'b', result, after: -1, options: { window: 1 } });
    await services.statementEnded(result);
    expect(seqs()).toEqual([0]);
  });

  test('and allows more as soon as it hears a message gets everything', async () => {
    await client.ask('a', { window: 1 });
    services.connections.whenHeard = async (_, message) => {
      if (message.type === 'rows') {
        await client.say({ type: 'more', result: message.result, credit: 1 });
      }
    };
    await services.statementEnded(client.result('a'));
    await services.passSeconds(30);
    expect(seqs()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(client.endings('a')).toMatchObject([{ type: 'complete' }]);
  });

  test('is no matter to others who wait for the same result', async () => {
    const other = new MemoryClient(services, 'c2');
    await client.ask('a', { window: 1 });
    await other.ask('a');
    await services.statementEnded(client.result('a'));
    expect([seqs(), seqs(other)]).toEqual([[0], [0, 1, 2, 3, 4, 5]]);
    expect(other.endings('a')).toMatchObject([{ type: 'complete' }]);
  });

  test('and allows nothing for 10 minutes is told that it stalled, and can resume', async () => {
    await client.ask('a', { window: 2 });
    await services.statementEnded(client.result('a'));
    await services.passSeconds(599);
    expect(client.endings('a')).toEqual([]);
    await services.passSeconds(62);
    expect(client.endings('a')).toMatchObject([{ type: 'error', id: 'a', code: 'stalled', retryable: true }]);
    await client.say({ type: 'resume', id: 'b', result: client.result('a'), after: 1 });
    await services.passSeconds(120);
    expect(client.rows(client.result('b'))).toEqual(ROWS);
    expect(services.statementApi.started).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('and allows some now and then does not stall', async () => {
    await client.ask('a', { window: 1 });
    await services.statementEnded(client.result('a'));
    for (let minutes = 9; minutes < 60; minutes += 9) {
      await services.passSeconds(9 * 60);
      await more('a', 1);
    }
    expect(client.endings('a')).toMatchObject([{ type: 'complete', rows: 6 }]);
  });

  test('of a kept result is told too that it stalled', async () => {
    const other = new MemoryClient(services, 'c2');
    await client.ask('a', undefined, 'reused');
    await services.statementEnded(client.result('a'));
    await services.passSeconds(30);
    await other.ask('b', { window: 1 }, 'reused');
    await services.passSeconds(700);
    expect(other.endings('b')).toMatchObject([{ type: 'error', code: 'stalled' }]);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('and leaves in the middle leaves nothing behind', async () => {
    await client.ask('a', { window: 2 });
    await services.statementEnded(client.result('a'));
    await client.disconnect();
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  test('gets the rest though the result is not kept for others any more', async () => {
    services.queries = { ...services.queries, everything: { ...services.queries.everything, resultRetentionSeconds: 60 } };
    await client.ask('a', { window: 2 });
    await services.statementEnded(client.result('a'));
    await services.passSeconds(120);
    await more('a', 10);
    expect(client.rows(client.result('a'))).toEqual(ROWS);
    expect(client.endings('a')).toMatchObject([{ type: 'complete' }]);
  });

  test('cannot be sped up by a more from another connection', async () => {
    const other = new MemoryClient(services, 'c2');
    await client.ask('a', { window: 1 });
    await services.statementEnded(client.result('a'));
    await other.say({ type: 'more', result: client.result('a'), credit: 5 });
    await services.passSeconds(10);
    expect([seqs(), other.heard()]).toEqual([[0], []]);
  });
});

test('a more has no effect on a query without a window', async () => {
  await client.ask('a');
  await more('a', 1);
  await services.statementEnded(client.result('a'));
  expect(seqs()).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a more that comes while rows are being pushed is not lost', async () => {
  await client.ask('a', { window: 2 });
  beforeNext(services.connections, 'post', async () => client.say({ type: 'more', result: client.result('a'), credit: 4 }));
  await services.statementEnded(client.result('a'));
  await services.passSeconds(5);
  expect(client.rows(client.result('a'))).toEqual(ROWS);
  expect(client.endings('a')).toMatchObject([{ type: 'complete' }]);
});

describe('a more has its effect, or is answered by an error, when OnMessage', () => {
  test.each(interruptionsOf(['requests', 'allowMore', 'send']))('was $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    await client.ask('a', { window: 2 });
    await services.statementEnded(client.result('a'));
    services.interrupt(kind, nthCall);
    await services.untilDone(async () => client.say({ type: 'more', result: client.result('a'), credit: 10 }));
    await services.passSeconds(60);
    const failed = client.heard().some((message) => message.type === 'error' && message.id === undefined && message.code === 'internal');
    if (failed || kind.startsWith('died')) {
      await more('a', 10);
    }
    expect(client.rows(client.result('a'))).toEqual(ROWS);
    expect(client.endings('a')).toMatchObject([{ type: 'complete' }]);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

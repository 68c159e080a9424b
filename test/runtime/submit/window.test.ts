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
  await client.send({ type: 'more', result: client.result(id), credit });
  await services.passSeconds(2);
}

function seqs(of = client): number[] {
  return of.rowsMessages().map(({ seq }) => seq);
}

describe('a client with a window', () => {
  it('receives as many messages as its window, further messages with each more, and the terminal message without credit', async () => {
    await client.submit('a', { window: 2 });
    await services.statementEnded(client.result('a'));
    expect(seqs()).toEqual([0, 1]);
    await services.passSeconds(60);
    expect(seqs()).toEqual([0, 1]);
    await more('a', 3);
    expect(seqs()).toEqual([0, 1, 2, 3, 4]);
    expect(client.types()).not.toContain('complete');
    await more('a', 1);
    expect(seqs()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: 6 }]);
    await services.passSeconds(600);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('can send more before it has used its credit and before there are rows', async () => {
    await client.submit('a', { window: 1 });
    await more('a', 1);
    await more('a', 2);
    await services.statementEnded(client.result('a'));
    expect(seqs()).toEqual([0, 1, 2, 3]);
  });

  it('receives messages for each id with its own credit when two ids have the same result', async () => {
    await client.submit('a', { window: 1 });
    await client.submit('b', { window: 2 });
    expect(client.result('b')).toBe(client.result('a'));
    await services.statementEnded(client.result('a'));
    expect(seqs().sort()).toEqual([0, 0, 1]);
    await more('a', 2);
    expect(seqs().sort()).toEqual([0, 0, 1, 1, 2, 2, 3]);
  });

  it('begins with the window of its resume when it had unused credit before', async () => {
    await client.submit('a', { window: 1000 });
    const result = client.result('a');
    await client.send({ type: 'cancel', id: 'a' });
    await client.send({ type: 'resume', id: 'b', result, after: -1, options: { window: 1 } });
    await services.statementEnded(result);
    expect(seqs()).toEqual([0]);
  });

  it('receives all rows when it sends more after each message', async () => {
    await client.submit('a', { window: 1 });
    services.connections.onPost = async (_, message) => {
      if (message.type === 'rows') {
        await client.send({ type: 'more', result: message.result, credit: 1 });
      }
    };
    await services.statementEnded(client.result('a'));
    await services.passSeconds(30);
    expect(seqs()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
  });

  it('does not affect other subscribers of the same result', async () => {
    const other = new MemoryClient(services, 'c2');
    await client.submit('a', { window: 1 });
    await other.submit('a');
    await services.statementEnded(client.result('a'));
    expect([seqs(), seqs(other)]).toEqual([[0], [0, 1, 2, 3, 4, 5]]);
    expect(other.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
  });

  it('receives the error stalled after 10 minutes without more, and can resume', async () => {
    await client.submit('a', { window: 2 });
    await services.statementEnded(client.result('a'));
    await services.passSeconds(599);
    expect(client.terminalMessages('a')).toEqual([]);
    await services.passSeconds(62);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'error', id: 'a', code: 'stalled', retryable: true }]);
    await client.send({ type: 'resume', id: 'b', result: client.result('a'), after: 1 });
    await services.passSeconds(120);
    expect(client.rows(client.result('b'))).toEqual(ROWS);
    expect(services.statementApi.started).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('does not receive the error stalled when it sends more within each 10 minutes', async () => {
    await client.submit('a', { window: 1 });
    await services.statementEnded(client.result('a'));
    for (let minutes = 9; minutes < 60; minutes += 9) {
      await services.passSeconds(9 * 60);
      await more('a', 1);
    }
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: 6 }]);
  });

  it('receives the error stalled for a stored result', async () => {
    const other = new MemoryClient(services, 'c2');
    await client.submit('a', undefined, 'reused');
    await services.statementEnded(client.result('a'));
    await services.passSeconds(30);
    await other.submit('b', { window: 1 }, 'reused');
    await services.passSeconds(700);
    expect(other.terminalMessages('b')).toMatchObject([{ type: 'error', code: 'stalled' }]);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('leaves no records when it disconnects in the middle of the result', async () => {
    await client.submit('a', { window: 2 });
    await services.statementEnded(client.result('a'));
    await client.disconnect();
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('receives the remaining rows after the retention of the result has ended', async () => {
    services.queries = { ...services.queries, everything: { ...services.queries.everything, resultRetentionSeconds: 60 } };
    await client.submit('a', { window: 2 });
    await services.statementEnded(client.result('a'));
    await services.passSeconds(120);
    await more('a', 10);
    expect(client.rows(client.result('a'))).toEqual(ROWS);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
  });

  it('is not affected by a more from another connection', async () => {
    const other = new MemoryClient(services, 'c2');
    await client.submit('a', { window: 1 });
    await services.statementEnded(client.result('a'));
    await other.send({ type: 'more', result: client.result('a'), credit: 5 });
    await services.passSeconds(10);
    expect([seqs(), other.received()]).toEqual([[0], []]);
  });
});

test('a more has no effect on a query without a window', async () => {
  await client.submit('a');
  await more('a', 1);
  await services.statementEnded(client.result('a'));
  expect(seqs()).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a more that arrives while rows are being sent is not lost', async () => {
  await client.submit('a', { window: 2 });
  beforeNext(services.connections, 'post', async () => client.send({ type: 'more', result: client.result('a'), credit: 4 }));
  await services.statementEnded(client.result('a'));
  await services.passSeconds(5);
  expect(client.rows(client.result('a'))).toEqual(ROWS);
  expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
});

describe('OnMessage for a more', () => {
  it.each(interruptionsOf(['requests', 'allowMore', 'send']))('adds the credit or sends an error when there is a $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    await client.submit('a', { window: 2 });
    await services.statementEnded(client.result('a'));
    services.interrupt(kind, nthCall);
    await services.untilDone(async () => client.send({ type: 'more', result: client.result('a'), credit: 10 }));
    await services.passSeconds(60);
    const failed = client.received().some((message) => message.type === 'error' && message.id === undefined && message.code === 'internal');
    if (failed || kind.startsWith('crash')) {
      await more('a', 10);
    }
    expect(client.rows(client.result('a'))).toEqual(ROWS);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

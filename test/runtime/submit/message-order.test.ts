import { beforeEvery, interruptionsOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

/** The calls of OnMessage for a query that no other client has submitted. */
const QUERY_CALLS = ['createRequest', 'sendAll', 'post', 'start', 'sendAll', 'saveRun', 'saveRequest'];

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
});

/** Has something happen before one of the calls of OnMessage. */
function beforeCall(nthCall: number, action: () => Promise<void>): void {
  let calls = 0;
  const ports = { store: services.store, queue: services.queue, connections: services.connections, statementApi: services.statementApi };
  for (const method of new Set(QUERY_CALLS)) {
    const port = Object.values(ports).find((each) => method in each)!;
    beforeEvery(port, method as never, async () => {
      calls += 1;
      if (calls === nthCall) {
        await action();
      }
    });
  }
}

describe('a cancel that was sent after its query', () => {
  const cancel = async (): Promise<void> => client.send({ type: 'cancel', id: 'a' });

  it('rejects the query when it is processed first', async () => {
    await cancel();
    await client.submit('a');
    expect(client.received()).toMatchObject([
      { type: 'error', id: 'a', code: 'unknown_id' },
      { type: 'error', id: 'a', code: 'cancelled', retryable: true },
    ]);
    await services.passSeconds(120);
    expect(services.statementApi.started).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('rejects a resume when it is processed first', async () => {
    await client.submit('b');
    await cancel();
    await client.send({ type: 'resume', id: 'a', result: client.result('b'), after: -1 });
    expect(client.received().at(-1)).toMatchObject({ type: 'error', id: 'a', code: 'cancelled' });
  });

  it.each(QUERY_CALLS.map((call, index) => ({ call, nthCall: index + 1 })))(
    'ends the query exactly once when it is processed before call $nthCall of the query ($call)',
    async ({ nthCall }) => {
      beforeCall(nthCall, cancel);
      await client.submit('a');
      await services.passSeconds(120);
      const codes = client.received().flatMap((message) => message.type === 'error' ? [message.code] : []);
      expect(codes.filter((code) => code !== 'unknown_id')).toEqual(['cancelled']);
      expect(services.statementApi.running).toEqual([]);
      expect(services.unfinished()).toEqual(NOTHING);
    },
  );

  it('rejects the query when another cancel with the same id was received before', async () => {
    await client.send({ type: 'cancel', id: 'a' }, services.time - 10);
    await cancel();
    await client.submit('a');
    expect(client.received().at(-1)).toMatchObject({ code: 'cancelled' });
  });

  it('is not reversed by an earlier cancel that is processed later', async () => {
    await cancel();
    await client.send({ type: 'cancel', id: 'a' }, services.time - 10);
    await client.submit('a');
    expect(client.received().at(-1)).toMatchObject({ code: 'cancelled' });
  });

  it('has no effect on a query of another connection', async () => {
    await cancel();
    const other = new MemoryClient(services, 'c2');
    await other.submit('a');
    expect(other.types()).toEqual(['accepted']);
  });
});

describe('a cancel that was sent before a query with the same id', () => {
  it('has no effect on the query when it is processed first', async () => {
    await client.send({ type: 'cancel', id: 'a' });
    services.time += 1;
    await client.submit('a');
    await services.statementEnded(client.result('a'));
    expect(client.types()).toEqual(['error', 'accepted', 'rows', 'complete']);
  });

  it('has no effect on the query when it is processed last', async () => {
    const sentAt = services.time;
    services.time += 1;
    await client.submit('a');
    await client.send({ type: 'cancel', id: 'a' }, sentAt);
    await services.statementEnded(client.result('a'));
    expect(client.received()).toMatchObject([{ type: 'accepted' }, { code: 'unknown_id' }, { type: 'rows' }, { type: 'complete' }]);
  });

  it('leaves no record when a minute has passed', async () => {
    await client.send({ type: 'cancel', id: 'a' });
    services.time += 60_000;
    services.purge();
    expect(services.storedKeys()).toEqual([]);
  });
});

describe('OnMessage for a query whose cancel was processed first', () => {
  it.each(interruptionsOf(['createRequest', 'sendAll', 'post']))('completes or rejects the query once and leaves no records when there is a $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    await client.send({ type: 'cancel', id: 'a' });
    services.interrupt(kind, nthCall);
    let hasFailed = kind.startsWith('crash');
    await services.untilDone(async () => client.submit('a').catch(() => hasFailed = true));
    await services.passSeconds(120);
    expect(services.statementApi.started).toEqual([]);
    expect(services.unfinished()).toEqual(NOTHING);
    const codes = client.received().flatMap((message) => message.type === 'error' ? [message.code] : []);
    expect(new Set(codes.slice(1)).size).toBe(hasFailed && codes.length === 1 ? 0 : 1);
  });
});

describe('a more that was sent after a resume', () => {
  const ROWS = Array.from({ length: 6 }, (_, row) => [`${row}`.repeat(20_000), row]);
  let result: string;
  let more: (credit: number, receivedAt?: number) => Promise<void>;

  beforeEach(async () => {
    services.statementApi.pages = [ROWS];
    await client.submit('first', { window: 1 }, 'reused');
    result = client.result('first');
    more = async (credit, receivedAt) => client.send({ type: 'more', result, credit }, receivedAt);
    await services.statementEnded(result);
    await more(10);
    await services.passSeconds(2);
    expect(client.terminalMessages('first')).toMatchObject([{ type: 'complete' }]);
    client = new MemoryClient(services, 'c2');
  });

  async function resume(): Promise<void> {
    await client.send({ type: 'resume', id: 'a', result, after: -1, options: { window: 2 } });
  }

  function seqs(): number[] {
    return client.rowsMessages().map(({ seq }) => seq);
  }

  it('counts when it is processed first', async () => {
    await more(3);
    await resume();
    await services.passSeconds(2);
    expect(seqs()).toEqual([0, 1, 2, 3, 4]);
    await more(1);
    await services.passSeconds(2);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: 6 }]);
    expect(client.rows(result)).toEqual(ROWS);
  });

  it('adds up with others', async () => {
    await more(1);
    await more(1);
    await resume();
    await more(1);
    await services.passSeconds(2);
    expect(seqs()).toEqual([0, 1, 2, 3, 4]);
  });

  const RESUME_CALLS = ['run', 'requests', 'sendAll', 'createRequest', 'subscribe', 'requests', 'run', 'saveRequest', 'post', 'saveRequest', 'send'];

  it.each(RESUME_CALLS.map((call, index) => ({ call, nthCall: index + 1 })))('counts once when it is processed before call $nthCall of the resume ($call)', async ({ nthCall }) => {
    beforeCall(nthCall, async () => more(3));
    await resume();
    await services.passSeconds(40);
    expect(seqs()).toEqual([0, 1, 2, 3, 4]);
  });

  it.each(interruptionsOf(['requests', 'storeEarlyCredit', 'requests']))('counts at most once when there is a $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.interrupt(kind, nthCall);
    await services.untilDone(async () => more(3).catch(() => undefined));
    await resume();
    await services.passSeconds(2);
    expect([[0, 1], [0, 1, 2, 3, 4]]).toContainEqual(seqs());
  });

  it.each(interruptionsOf(['earlyCredits', 'allowMore', 'saveRequest']))('counts once when there is a $kind call $nthCall of SendMessage that takes it ($call)', async ({ kind, nthCall }) => {
    await more(3);
    await resume();
    let hasBegun = false;
    beforeEvery(services.store, 'earlyCredits', () => {
      if (!hasBegun) {
        hasBegun = true;
        services.interrupt(kind, nthCall);
      }
    });
    await services.passSeconds(300);
    expect([...new Set(seqs())]).toEqual([0, 1, 2, 3, 4]);
  });

  it('does not count for a resume that was sent after it', async () => {
    await more(3, services.time - 1);
    await resume();
    await services.passSeconds(2);
    expect(seqs()).toEqual([0, 1]);
  });

  it('counts for the result of its own connection only', async () => {
    const other = new MemoryClient(services, 'c3');
    await other.send({ type: 'more', result, credit: 3 });
    await resume();
    await services.passSeconds(2);
    expect(seqs()).toEqual([0, 1]);
  });
});

import { ConnectionGoneError } from '../../../src/runtime/model/errors';
import { incompressible } from '../../support/incompressible';
import { beforeEvery, beforeNext, interruptionsOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';
import { FINISHED } from '../../support/memory/memory-statement-api';

/** Each is a message, and a batch, of its own. */
const ROWS = Array.from({ length: 5 }, (_, row) => [incompressible(20_000, row), row]);

let services: MemoryServices;
let client: MemoryClient;
let later: MemoryClient;
let result: string;

beforeEach(async () => {
  services = new MemoryServices();
  services.statementApi.pages = [ROWS.slice(0, 2), ROWS.slice(2)];
  client = new MemoryClient(services, 'c1');
  later = new MemoryClient(services, 'c2');
  await client.submit('a');
  result = client.result('a');
});

async function resume(after: number, options?: object): Promise<void> {
  await later.send({ type: 'resume', id: 'r', result, after, options });
  await services.passSeconds(1);
}

function seqs(): number[] {
  return later.rowsMessages().map(({ seq }) => seq);
}

describe('a client that resumes on another connection after a disconnect', () => {
  it.each([
    ['from the message after its last message', 1, [2, 3, 4]],
    ['from the first message when it has none', -1, [0, 1, 2, 3, 4]],
    ['with only the terminal message when it has all messages', 4, []],
  ])('receives the remaining messages without a call to Redshift, %s', async (_, after, rest) => {
    await services.statementEnded(result);
    await client.disconnect();
    await services.passSeconds(3000);
    const { fetches } = services.statementApi;
    await resume(after);
    expect(later.received()[0]).toEqual({ type: 'accepted', id: 'r', result, shared: true, cached: true, limits: { timeLimitMs: 900_000 } });
    expect(seqs()).toEqual(rest);
    expect(later.rows(result, after)).toEqual(ROWS.slice(after + 1));
    expect(later.terminalMessages('r')).toMatchObject([{ type: 'complete', rows: 5 }]);
    expect([services.statementApi.started.length, services.statementApi.fetches]).toEqual([1, fetches]);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('receives the whole result after the timeout when API Gateway once reported its open connection as gone', async () => {
    beforeNext(services.connections, 'post', () => {
      throw new ConnectionGoneError('c1');
    });
    await services.statementEnded(result);
    await services.passSeconds(900 + 60);
    expect(client.resultMessages()).toEqual([]);
    await client.send({ type: 'resume', id: 'r', result, after: -1 });
    await services.passSeconds(1);
    expect(client.rows(result)).toEqual(ROWS);
    expect(client.terminalMessages('r')).toMatchObject([{ type: 'complete', rows: 5 }]);
    expect(services.statementApi.started).toHaveLength(1);
  });

  it('receives the same messages again', async () => {
    await services.statementEnded(result);
    await resume(-1);
    expect(later.rowsMessages()).toEqual(client.rowsMessages());
  });

  it('receives the rows of a running query when the query has ended', async () => {
    await client.disconnect();
    await services.passSeconds(5);
    await resume(-1);
    await services.passSeconds(60);
    expect(later.received()[0]).toMatchObject({ type: 'accepted', cached: false });
    expect(services.statementApi.cancelled).toEqual([]);
    await services.statementEnded(result);
    expect(later.rows(result)).toEqual(ROWS);
    expect(later.terminalMessages('r')).toMatchObject([{ type: 'complete' }]);
    expect(services.statementApi.started).toHaveLength(1);
  });

  it('receives the remaining messages of a result that is still being fetched', async () => {
    beforeEvery(services.statementApi, 'fetchPage', async (_, token?: string) => {
      if (token === '1') {
        await client.disconnect();
        await later.send({ type: 'resume', id: 'r', result, after: 0 });
      }
    });
    await services.statementEnded(result);
    await services.passSeconds(60);
    expect(seqs()).toEqual([1, 2, 3, 4]);
    expect(later.terminalMessages('r')).toMatchObject([{ type: 'complete', rows: 5 }]);
  });

  it('receives the remaining messages as its window allows', async () => {
    await services.statementEnded(result);
    await resume(1, { window: 1 });
    expect(seqs()).toEqual([2]);
    await later.send({ type: 'more', result, credit: 2 });
    await services.passSeconds(1);
    expect(seqs()).toEqual([2, 3, 4]);
    expect(later.terminalMessages('r')).toMatchObject([{ type: 'complete' }]);
  });

  it('receives the same error when the query has failed', async () => {
    await services.statementEnded(result, { state: 'failed', hasResultSet: false, runningMs: 1, error: 'ERROR: division by zero' });
    await resume(-1);
    expect(later.resultMessages()).toEqual(client.resultMessages().map((message) => ({ ...message, id: 'r' })));
  });

  it('receives the error result_expired an hour after the end of the query', async () => {
    await services.statementEnded(result);
    services.time += 3_599_000;
    await resume(-1);
    expect(later.types()).toEqual(['accepted', 'rows', 'rows', 'rows', 'rows', 'rows', 'complete']);
    await later.send({ type: 'resume', id: 's', result, after: -1 });
    expect(later.received().at(-1)).toMatchObject({ type: 'error', id: 's', code: 'result_expired' });
  });

  it('receives the error result_expired when the query was canceled because it had no subscribers', async () => {
    await client.disconnect();
    await services.passSeconds(60);
    await resume(-1);
    expect(later.received()).toMatchObject([{ type: 'error', id: 'r', code: 'result_expired' }]);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('receives the error result_expired when a part of the rows has expired', async () => {
    await services.statementEnded(result);
    const find = services.results.find.bind(services.results);
    services.results.find = async (run, seq) => seq < 1 ? find(run, seq) : undefined;
    await resume(-1);
    expect(seqs()).toEqual([0]);
    expect(later.terminalMessages('r')).toMatchObject([{ type: 'error', id: 'r', code: 'result_expired' }]);
  });

  it.each([[5], [1_000_000]])('receives an error that names the last message when it resumes after message %d of 5', async (after) => {
    await services.statementEnded(result);
    await resume(after);
    const message = `The result has no message ${after}, because its last message is 4. Set "after" to the seq of the last message that you have.`;
    expect(later.received()).toMatchObject([{ type: 'error', id: 'r', code: 'invalid_message', message }]);
  });

  it('receives an error when it resumes after a message of a result without messages', async () => {
    await services.statementEnded(result, { ...FINISHED, hasResultSet: false });
    await resume(0);
    expect(later.received()).toMatchObject([{ code: 'invalid_message', message: expect.stringContaining('no message 0, because it has no rows messages.') }]);
  });

  it('receives an error with "yet" when it resumes after a message that Redshift can still return', async () => {
    await resume(0);
    expect(later.received()).toMatchObject([{ type: 'error', id: 'r', code: 'invalid_message', message: expect.stringContaining('has no message 0 yet.') }]);
  });

  it('can cancel the resumed query', async () => {
    await resume(-1);
    await later.send({ type: 'cancel', id: 'r' });
    await services.statementEnded(result);
    expect(later.terminalMessages('r')).toMatchObject([{ code: 'cancelled' }]);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
  });
});

test('two clients that resume one result at different messages each receive their remaining messages', async () => {
  const third = new MemoryClient(services, 'c3');
  await services.statementEnded(result);
  await Promise.all([
    later.send({ type: 'resume', id: 'r', result, after: 0 }),
    third.send({ type: 'resume', id: 'r', result, after: 3 }),
  ]);
  await services.passSeconds(1);
  expect([seqs(), third.rowsMessages().map(({ seq }) => seq)]).toEqual([[1, 2, 3, 4], [4]]);
});

describe('OnMessage for a resume', () => {
  const calls = ['run', 'createRequest', 'sendAll', 'post', 'saveRequest', 'send'];

  beforeEach(async () => {
    await services.statementEnded(result);
    await services.passSeconds(60);
  });

  it('makes the expected calls in order', async () => {
    const { calls: made } = services.interrupt('failure before', Infinity);
    await later.send({ type: 'resume', id: 'r', result, after: 1 });
    expect(made).toEqual(calls);
  });

  it.each(interruptionsOf(calls))('completes, rejects or loses the resume as a whole and leaves no records after the client disconnects when there is a $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.interrupt(kind, nthCall);
    await services.untilDone(async () => later.send({ type: 'resume', id: 'r', result, after: 1 }));
    await services.passSeconds(120);
    if (later.types().includes('accepted')) {
      expect(later.rows(result, 1)).toEqual(ROWS.slice(2));
      expect(later.terminalMessages('r')).toMatchObject([{ type: 'complete' }]);
    } else {
      expect(later.received()).toMatchObject(kind.startsWith('crash') ? [] : [{ type: 'error', id: 'r', code: 'internal' }]);
    }
    expect(services.statementApi.started).toHaveLength(1);
    await later.disconnect();
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

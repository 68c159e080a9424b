import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';
import { FINISHED } from '../../support/memory/memory-statement-api';

let services: MemoryServices;
let client: MemoryClient;
let result: string;

beforeEach(async () => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
  await client.submit('a');
  result = client.result('a');
});

describe('SendMessage after the end of a statement', () => {
  it('sends columns, rows and a complete message with the duration of each stage', async () => {
    services.time += 150;
    const endedAt = services.time - 50;
    const post = services.connections.post.bind(services.connections);
    services.connections.post = async (...inputs) => {
      services.time += 3;
      await post(...inputs);
    };
    const fetchPage = services.statementApi.fetchPage.bind(services.statementApi);
    services.statementApi.fetchPage = async (...inputs) => {
      services.time += 8;
      return fetchPage(...inputs);
    };
    await services.statementEnded(result, { ...FINISHED, endedAt });
    expect(client.resultMessages()).toEqual([
      {
        type: 'rows',
        result,
        seq: 0,
        offset: 0,
        columns: [{ name: 'day', type: 'date' }, { name: 'trips', type: 'int8' }],
        rows: [['2015-01-01', 5], ['2015-01-02', 7]],
      },
      {
        type: 'complete',
        id: 'a',
        result,
        messages: 1,
        rows: 2,
        bytes: services.connections.posted[1].message.length,
        truncated: false,
        timing: { waitingMs: 60, runningMs: 40, eventMs: 50, fetchingMs: 8, pushingMs: 3 },
      },
    ]);
  });

  it('leaves no records except the result until its expiry', async () => {
    await services.statementEnded(result);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
    services.time += 5 * 60 * 60 * 1000;
    services.purge();
    expect(services.storedKeys()).toEqual([]);
  });

  it('sends the rows of all pages once and in order, in as few messages as possible', async () => {
    const rows = Array.from({ length: 5 }, (_, row) => [`${row}`.repeat(12_000), row]);
    services.statementApi.pages = [rows.slice(0, 1), [], rows.slice(1, 4), rows.slice(4)];
    await services.statementEnded(result);
    expect(client.rowsMessages().map(({ seq, offset, rows: sent }) => ({ seq, offset, rows: sent }))).toEqual([
      { seq: 0, offset: 0, rows: rows.slice(0, 2) },
      { seq: 1, offset: 2, rows: rows.slice(2, 4) },
      { seq: 2, offset: 4, rows: rows.slice(4) },
    ]);
    expect(client.resultMessages().at(-1)).toMatchObject({ type: 'complete', rows: 5 });
  });

  it('sends the columns once', async () => {
    services.statementApi.pages = [['a', 'b'].map((body, row) => [body.repeat(20_000), row])];
    await services.statementEnded(result);
    expect(client.rowsMessages().map(({ columns }) => columns?.length)).toEqual([2, undefined]);
  });

  it('sends the columns when the result has no rows', async () => {
    services.statementApi.pages = [[]];
    await services.statementEnded(result);
    expect(client.resultMessages()).toMatchObject([{ type: 'rows', columns: [{ name: 'day' }, { name: 'trips' }], rows: [] }, { type: 'complete', rows: 0 }]);
  });

  it('sends only a complete message when the statement has no result set', async () => {
    await services.statementEnded(result, { ...FINISHED, hasResultSet: false });
    expect(client.resultMessages()).toMatchObject([{ type: 'complete', result, messages: 0, rows: 0, bytes: 0 }]);
  });

  it.each([
    ['failed', 'statement_failed', false],
    ['aborted', 'statement_aborted', true],
  ] as const)('sends the error message of the database when the statement %s', async (state, code, retryable) => {
    await services.statementEnded(result, { state, hasResultSet: false, runningMs: 0, error: 'ERROR: division by zero' });
    expect(client.resultMessages()).toEqual([{ type: 'error', id: 'a', result, code, message: 'ERROR: division by zero', retryable }]);
  });

  it.each([
    ['failed', 'The statement failed. Redshift returned no error message.'],
    ['aborted', 'The statement was canceled. Submit the query again.'],
  ] as const)('sends a generic error message when the statement %s without one', async (state, message) => {
    await services.statementEnded(result, { state, hasResultSet: false, runningMs: 0 });
    expect(client.resultMessages()).toMatchObject([{ type: 'error', message }]);
  });

  it('sends the rows before a row that is too large, and an error with its number', async () => {
    services.statementApi.pages = [[['x', 1], ['y'.repeat(40_000), 2]], [['z', 3]]];
    await services.statementEnded(result);
    expect(client.resultMessages()).toMatchObject([
      { type: 'rows', rows: [['x', 1]] },
      { type: 'error', result, code: 'row_too_large', retryable: false, message: expect.stringMatching(/^Row 2 takes 40006 bytes/) },
    ]);
    expect(services.statementApi.fetches).toBe(1);
  });

  it('sends an error when the columns do not fit into a message', async () => {
    services.statementApi.columns = Array.from({ length: 1600 }, (_, number) => ({ name: `a_rather_long_column_name_${number}`, type: 'int4' }));
    await services.statementEnded(result);
    expect(client.resultMessages()).toMatchObject([{ type: 'error', code: 'row_too_large', message: expect.stringContaining('The list of columns') }]);
  });

  it('sends the result to all other clients when a post to one client fails', async () => {
    const others = Array.from({ length: 10 }, (_, number) => new MemoryClient(services, `other-${number}`));
    await Promise.all(others.map(async (other) => other.submit('a')));
    const post = services.connections.post.bind(services.connections);
    services.connections.post = async (connectionId, body) => {
      if (connectionId === 'other-3') {
        throw new Error('Forbidden');
      }
      await post(connectionId, body);
    };
    await services.statementEnded(result);
    await services.passSeconds(10);
    const received = [client, ...others].map((each) => each.types().join());
    expect(received).toEqual(received.map((_, number) => number === 4 ? 'accepted' : 'accepted,rows,complete'));
  });
});

describe('the event of an ended statement', () => {
  it('has no effect when it is delivered a second time', async () => {
    await services.statementEnded(result);
    await services.eventArrives(result);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
  });

  it('is handled once when it is delivered twice at the same time', async () => {
    services.statementApi.end(result);
    await Promise.all([services.eventArrives(result), services.eventArrives(result)]);
    await services.passSeconds(60);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('has no effect when it is delivered long after the terminal message', async () => {
    await services.statementEnded(result);
    await services.passSeconds(100);
    await services.eventArrives(result);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
    expect(services.queue.jobs).toEqual([]);
  });

  it('is handled a second later when DescribeStatement still returns a running state', async () => {
    await services.eventArrives(result);
    expect(client.resultMessages()).toEqual([]);
    services.statementApi.end(result);
    await services.passSeconds(1);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
  });

  it('sends nothing when the run has no subscribers anymore', async () => {
    await client.disconnect();
    await services.passSeconds(20);
    await services.eventArrives(result);
    expect(client.types()).toEqual(['accepted']);
  });

  it('is replaced by the first check when it is not delivered', async () => {
    services.statementApi.end(result);
    await services.passSeconds(5);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('provides the id of the statement when the function that started the statement crashed', async () => {
    const other = new MemoryClient(services, 'c2');
    const claim = services.store.saveRun.bind(services.store);
    services.store.saveRun = async (run, lease, changes, release) => changes.statementId === undefined && claim(run, lease, changes, release);
    await other.submit('b', undefined, 'reused');
    services.store.saveRun = claim;
    services.time += 30_000;
    await services.statementEnded(other.result('b'));
    await services.passSeconds(1);
    expect(other.types().slice(-2)).toEqual(['rows', 'complete']);
  });
});

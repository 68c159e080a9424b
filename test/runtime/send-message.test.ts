import type { RowsMessage } from '../../src/protocol/messages';
import type { DeliverJob } from '../../src/runtime/jobs';
import { onConnect } from '../../src/runtime/on-connect';
import { onDisconnect } from '../../src/runtime/on-disconnect';
import { onMessage } from '../../src/runtime/on-message';
import { ConnectionGone, ServiceBusy } from '../../src/runtime/ports';
import { sendMessage } from '../../src/runtime/send-message';
import { MemoryServices } from '../support/memory-services';

const ENDED: DeliverJob = { type: 'deliver', run: 'run-1', statementId: 's1', attempt: 1 };

let services: MemoryServices;

beforeEach(async () => {
  services = new MemoryServices();
  services.connections.open.add('c1');
  const connection = { connectionId: 'c1', connectedAt: services.time, opened: true };
  await onMessage(services, connection, JSON.stringify({ type: 'query', id: 'a', query: 'everything' }));
});

/** What the client has heard after `accepted`. */
function heard() {
  return services.connections.messages('c1').filter(({ type }) => type !== 'accepted');
}

function rowsHeard() {
  return heard().filter((message): message is RowsMessage => message.type === 'rows');
}

function statementEnded(deadline = services.deadline()): Promise<void> {
  return sendMessage(services, ENDED, deadline);
}

function nothingStored(): void {
  expect(services.store.runs.size + services.store.requests.size).toBe(0);
}

describe('a statement that has ended', () => {
  test('pushes columns, rows, and a last word with the time of each stage', async () => {
    services.warehouse.description = { state: 'finished', hasResultSet: true, runningMs: 40, endedAt: services.time + 100 };
    services.time += 150;
    await statementEnded();
    expect(heard()).toEqual([
      {
        type: 'rows',
        result: 'run-1',
        seq: 0,
        offset: 0,
        columns: [{ name: 'day', type: 'date' }, { name: 'trips', type: 'int8' }],
        rows: [['2015-01-01', 5], ['2015-01-02', 7]],
      },
      {
        type: 'complete',
        result: 'run-1',
        rows: 2,
        bytes: services.connections.posted[1].text.length,
        truncated: false,
        timing: { waitingMs: 60, runningMs: 40, eventMs: 50, fetchingMs: 0, pushingMs: 0 },
      },
    ]);
    nothingStored();
  });

  test('pushes all pages, the rows in order and once', async () => {
    services.warehouse.pages = [[['a', 1]], [], [['b', 2], ['c', 3]]];
    await statementEnded();
    expect(rowsHeard().map(({ seq, offset, rows }) => ({ seq, offset, rows }))).toEqual([
      { seq: 0, offset: 0, rows: [['a', 1]] },
      { seq: 1, offset: 1, rows: [['b', 2], ['c', 3]] },
    ]);
    expect(heard().at(-1)).toMatchObject({ type: 'complete', rows: 3 });
  });

  test('without rows pushes the columns all the same', async () => {
    services.warehouse.pages = [[]];
    await statementEnded();
    expect(heard()).toMatchObject([{ type: 'rows', columns: [{ name: 'day' }, { name: 'trips' }], rows: [] }, { type: 'complete', rows: 0 }]);
  });

  test('without a result set completes with no rows, and fetches none', async () => {
    services.warehouse.description = { state: 'finished', hasResultSet: false, runningMs: 1 };
    await statementEnded();
    expect(heard()).toMatchObject([{ type: 'complete', rows: 0, bytes: 0 }]);
    expect(services.warehouse.fetched).toBe(0);
    nothingStored();
  });

  test('frees the id of its query before the last word, so that the client may use it again at once', async () => {
    let free: boolean | undefined;
    const post = services.connections.post.bind(services.connections);
    services.connections.post = async (connectionId, text) => {
      free = services.store.requests.size === 0;
      await post(connectionId, text);
    };
    await statementEnded();
    expect(free).toBe(true);
  });

  test.each([
    ['failed', 'statement_failed', false],
    ['aborted', 'statement_aborted', true],
  ] as const)('%s pushes the message of the database', async (state, code, retryable) => {
    services.warehouse.description = { state, hasResultSet: false, runningMs: 0, error: 'ERROR: division by zero' };
    await statementEnded();
    expect(heard()).toEqual([{ type: 'error', result: 'run-1', code, message: 'ERROR: division by zero', retryable }]);
    nothingStored();
  });

  test('with a row that is too large ends in an error that says which', async () => {
    services.warehouse.pages = [[['x', 1], ['y'.repeat(40_000), 2]]];
    await statementEnded();
    expect(heard()).toMatchObject([
      { type: 'rows', rows: [['x', 1]] },
      { type: 'error', result: 'run-1', code: 'row_too_large', message: expect.stringMatching(/^Row 2 takes 40006 bytes/) },
    ]);
    nothingStored();
  });

  test('for which nobody waits has no effect', async () => {
    await onDisconnect(services, 'c1');
    await statementEnded();
    expect(heard()).toEqual([]);
    expect(services.warehouse.fetched).toBe(0);
  });

  test('told twice has no effect the second time', async () => {
    await statementEnded();
    await statementEnded();
    expect(heard().map(({ type }) => type)).toEqual(['rows', 'complete']);
  });

  test('told twice at once is left to the first', async () => {
    await Promise.all([statementEnded(), statementEnded()]);
    expect(services.queue.jobs).toEqual([{ job: { ...ENDED, attempt: 2 }, delaySeconds: 1 }]);
    await services.doNextJob();
    expect(heard().map(({ type }) => type)).toEqual(['rows', 'complete']);
  });

  test('that is still running for DescribeStatement is asked for again', async () => {
    services.warehouse.description = { state: 'running', hasResultSet: false, runningMs: 0 };
    await statementEnded();
    services.warehouse.description = { state: 'finished', hasResultSet: true, runningMs: 0 };
    await services.doNextJob();
    expect(heard().at(-1)).toMatchObject({ type: 'complete', rows: 2 });
  });
});

describe('an interruption', () => {
  beforeEach(() => {
    services.warehouse.pages = [
      Array.from({ length: 3 }, (_, row) => ['x'.repeat(20_000), row]),
      [['last', 3]],
    ];
  });

  function allRowsOnce(): void {
    expect(rowsHeard().flatMap(({ rows }) => rows.map((row) => row[1]))).toEqual([0, 1, 2, 3]);
    expect(rowsHeard().map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    expect(heard().at(-1)).toMatchObject({ type: 'complete', rows: 4 });
    nothingStored();
  }

  test('by a throttled table, before anything else, is tried again', async () => {
    const claim = services.store.claim.bind(services.store);
    services.store.claim = async () => {
      services.store.claim = claim;
      throw new ServiceBusy('throttled');
    };
    await statementEnded();
    expect(services.queue.jobs).toEqual([{ job: { ...ENDED, attempt: 2 }, delaySeconds: 1 }]);
    await services.doNextJob();
    allRowsOnce();
  });

  test('by a throttled page goes on with that page', async () => {
    services.warehouse.errors.push(undefined, undefined, new ServiceBusy('20 a second'));
    await statementEnded();
    expect(services.queue.jobs).toMatchObject([{ delaySeconds: 1 }]);
    await services.doNextJob();
    allRowsOnce();
  });

  test('by a full client buffer goes on with the message that did not fit', async () => {
    services.connections.errors.push(undefined, new ServiceBusy('buffer full'));
    await statementEnded();
    expect(rowsHeard()).toHaveLength(1);
    await services.doNextJob();
    allRowsOnce();
  });

  test('by the end of the time of the function goes on in the next', async () => {
    await statementEnded(services.time + 15_000);
    expect(rowsHeard()).toHaveLength(3);
    expect(services.queue.jobs).toMatchObject([{ delaySeconds: 0 }]);
    await services.doNextJob();
    allRowsOnce();
  });

  test('by a crash goes on from the last whole page when the lease is over, and repeats only numbered messages', async () => {
    const save = services.store.save.bind(services.store);
    services.connections.errors.push(undefined, undefined, undefined, new Error('crash'));
    services.store.release = async () => undefined;
    await expect(statementEnded(services.time + 40_000)).rejects.toThrow('crash');
    services.store.release = async (lease, progress) => void await save(lease, progress);
    services.time += 90_000;
    await statementEnded();
    allRowsOnce();
  });

  test('by an error that no code knows is left to the queue, and the lease is given back', async () => {
    services.warehouse.errors.push(new Error('surprise'));
    await expect(statementEnded()).rejects.toThrow('surprise');
    await statementEnded();
    allRowsOnce();
  });

  test('by the client leaving drops the rest and removes everything of its connection', async () => {
    services.connections.errors.push(undefined, new ConnectionGone('c1'));
    await statementEnded();
    expect(services.queue.jobs).toEqual([]);
    nothingStored();
  });

  test('by OnDisconnect ends the work at the next page', async () => {
    const fetchPage = services.warehouse.fetchPage.bind(services.warehouse);
    services.warehouse.fetchPage = async (...inputs) => {
      await onDisconnect(services, 'c1');
      return fetchPage(...inputs);
    };
    await statementEnded();
    expect(services.warehouse.fetched).toBe(1);
    expect(services.queue.jobs).toEqual([]);
  });
});

describe('an answer that is ready before the connection is open', () => {
  beforeEach(async () => {
    services = new MemoryServices();
    const connection = { connectionId: 'c1', connectedAt: services.time, opened: false };
    await onConnect(services, { connection, queryString: { query: 'everything' }, subprotocols: [] });
    services.queue.jobs.pop();
  });

  test('waits for it, and comes after accepted', async () => {
    await statementEnded();
    expect(services.queue.jobs).toEqual([{ job: { ...ENDED, attempt: 2 }, delaySeconds: 1 }]);
    services.connections.open.add('c1');
    await services.doNextJob();
    expect(services.connections.messages('c1').map(({ type }) => type)).toEqual(['accepted', 'rows', 'complete']);
  });

  test('is given up, and its record removed, when it never opens', async () => {
    await statementEnded();
    while (services.queue.jobs.length > 0) {
      await services.doNextJob();
    }
    expect(services.time).toBeGreaterThan(1_000_000 + 29_000);
    nothingStored();
  });

  test('is announced once, however the two jobs meet', async () => {
    services.connections.open.add('c1');
    await Promise.all([statementEnded(), sendMessage(services, { type: 'announce', run: 'run-1', attempt: 1 }, services.deadline())]);
    while (services.queue.jobs.length > 0) {
      await services.doNextJob();
    }
    expect(services.connections.messages('c1').map(({ type }) => type)).toEqual(['accepted', 'rows', 'complete']);
  });
});

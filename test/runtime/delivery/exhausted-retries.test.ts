import { handleExhaustedRetries } from '../../../src/runtime/delivery/handle-exhausted-retries';
import { MAX_FAILURES } from '../../../src/runtime/delivery/process-job';
import { incompressible } from '../../support/incompressible';
import { beforeEvery, failNext } from '../../support/memory/interventions';
import type { CallOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

const INTERNAL = { type: 'error', code: 'internal', message: expect.stringContaining('several times'), retryable: true };

/** A result that is too large to be stored with its run. */
const LARGE = [[[incompressible(20_000, 'row'), 0]]];
/** Longer than the retries of a job, and than the visibility timeout after a crash. */
const LONG = 600;

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
});

function fail<T extends object>(port: T, method: CallOf<T>): void {
  beforeEvery(port, method, () => {
    throw new Error('surprise');
  });
}

describe('a call that fails every time', () => {
  it.each(['describe', 'fetchPage'] as const)('ends the query in an error for all clients and cancels the statement when the call is %s', async (method) => {
    const other = new MemoryClient(services, 'c2');
    await client.submit('a');
    await other.submit('b');
    fail(services.statementApi, method);
    services.statementApi.end(client.result('a'));
    await services.eventArrives(client.result('a'));
    await services.passSeconds(LONG);
    expect(client.resultMessages()).toEqual([{ ...INTERNAL, id: 'a', result: client.result('a') }]);
    expect(other.resultMessages()).toEqual(client.resultMessages().map((message) => ({ ...message, id: 'b' })));
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters.length).toBeGreaterThan(0);
  });

  it('ends the query in an error when the call starts the statement', async () => {
    fail(services.statementApi, 'start');
    await client.submit('a');
    await services.passSeconds(LONG);
    expect(client.resultMessages()).toMatchObject([{ ...INTERNAL, result: client.result('a') }]);
    expect(services.unfinished().requests).toEqual([]);
  });

  it('ends the query in an error and cancels the statement when the call describes a running statement', async () => {
    await client.submit('a');
    fail(services.statementApi, 'describe');
    await services.passSeconds(LONG);
    expect(client.resultMessages()).toMatchObject([INTERNAL]);
    expect(services.statementApi.cancelled).toEqual([client.result('a')]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('ends the query in an error when the call stores rows', async () => {
    services.statementApi.pages = LARGE;
    await client.submit('a');
    fail(services.results, 'store');
    await services.statementEnded(client.result('a'));
    await services.passSeconds(LONG);
    expect(client.resultMessages()).toMatchObject([INTERNAL]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('ends the query in an error for each client when the call reads stored rows', async () => {
    services.statementApi.pages = LARGE;
    await client.submit('a');
    fail(services.results, 'find');
    await services.statementEnded(client.result('a'));
    await services.passSeconds(LONG);
    expect(client.resultMessages()).toMatchObject([{ ...INTERNAL, id: 'a' }]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('ends the query in one error, after which the client can resume, when the call fails in the middle of the rows', async () => {
    const rows = [0, 1].map((row) => [incompressible(20_000, row), row]);
    services.statementApi.pages = [rows, []];
    await client.submit('a');
    const find = services.results.find.bind(services.results);
    services.results.find = async (run, seq) => {
      if (seq > 0) {
        throw new Error('surprise');
      }
      return find(run, seq);
    };
    await services.statementEnded(client.result('a'));
    await services.passSeconds(LONG);
    expect(client.resultMessages()).toMatchObject([{ type: 'rows', seq: 0 }, { ...INTERNAL, id: 'a' }]);
    services.results.find = find;
    await client.send({ type: 'resume', id: 'b', result: client.result('a'), after: 0 });
    await services.passSeconds(1);
    expect(client.rows(client.result('b'))).toEqual(rows);
  });

  it('becomes a dead letter that notifies the client after a redrive, and does not affect other clients, when the call posts to one client', async () => {
    const other = new MemoryClient(services, 'c2');
    await client.submit('a');
    await other.submit('b');
    let isForbidden = true;
    beforeEvery(services.connections, 'post', (connectionId: string) => {
      if (connectionId === 'c1' && isForbidden) {
        throw new Error('Forbidden');
      }
    });
    await services.statementEnded(client.result('a'));
    await services.passSeconds(LONG);
    expect(other.resultMessages()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
    await services.passSeconds(LONG);
    expect(new Set(services.queue.deadLetters.map((job) => 'connectionId' in job && job.connectionId))).toEqual(new Set(['c1']));
    expect(services.unfinished().jobs).toEqual([]);
    isForbidden = false;
    await services.queue.sendAll(services.queue.deadLetters.splice(0).map((job) => ({ job })));
    await services.passSeconds(1);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'error', code: 'internal', retryable: true }]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('causes no second terminal message when the call follows the terminal message', async () => {
    await client.submit('a');
    fail(services.store, 'unsubscribe');
    await services.statementEnded(client.result('a'));
    await services.passSeconds(LONG);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
    expect(client.resultMessages().filter(({ type }) => type === 'error')).toEqual([]);
  });
});

describe('a call at which the function crashes every time', () => {
  function crashIn<T extends object>(port: T, method: CallOf<T>): void {
    beforeEvery(port, method, async () => services.crash());
  }

  it.each(['describe', 'fetchPage'] as const)('ends the query in an error when the call is %s', async (method) => {
    await client.submit('a');
    crashIn(services.statementApi, method);
    await services.statementEnded(client.result('a'));
    await services.passSeconds(2 * LONG);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'error' }]);
    expect(services.unfinished().requests).toEqual([]);
  });

  it('ends the query in an error when the call reads stored rows', async () => {
    services.statementApi.pages = LARGE;
    await client.submit('a');
    crashIn(services.results, 'find');
    await services.statementEnded(client.result('a'));
    await services.passSeconds(2 * LONG);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'error' }]);
  });
});

test('an old job with exhausted retries does not end a later query with the same id', async () => {
  await client.submit('a');
  const subscriber = services.storedKeys().find((key) => /^run#.* request#/.test(key))!;
  const request = subscriber.split('request#')[1];
  await services.statementEnded(client.result('a'));
  await client.submit('a', undefined, 'reused');
  await handleExhaustedRetries(services, { type: 'request', connectionId: 'c1', id: 'a', request, attempt: 1 }, services.deadline());
  await services.statementEnded(client.result('a'));
  expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
});

test('a query whose request cannot be saved ends in an error when the retries of its job are exhausted', async () => {
  await client.submit('a');
  fail(services.store, 'saveRequest');
  await handleExhaustedRetries(services, { type: 'request', connectionId: 'c1', id: 'a', attempt: 1 }, services.deadline()).catch(() => undefined);
  expect(client.resultMessages()).toMatchObject([{ ...INTERNAL, id: 'a' }]);
  await services.passSeconds(60);
  expect(services.unfinished().requests).toEqual([]);
  expect(client.resultMessages()).toHaveLength(1);
});

describe('a table that is not available anymore', () => {
  beforeEach(async () => {
    services.statementApi.pages = [[['a', 1]]];
    await client.submit('a');
  });

  it('causes an error for each client whose rows are about to be posted', async () => {
    fail(services.store, 'takeOverRequest');
    const many = Array.from({ length: 10 }, (_, number) => new MemoryClient(services, `many-${number}`));
    await Promise.all(many.map(async (each) => each.submit('a')));
    fail(services.store, 'acquireRequest');
    fail(services.store, 'takeOverRequest');
    await services.statementEnded(client.result('a'));
    await services.passSeconds(LONG);
    for (const each of [client, ...many]) {
      expect(each.resultMessages()).toContainEqual({ ...INTERNAL, id: 'a' });
    }
    expect(services.queue.deadLetters.length).toBeGreaterThanOrEqual(11);
  });

  it('does not prevent the completion of queries when it is available again and the failed jobs are redriven', async () => {
    const { acquireRequest, takeOverRequest, acquireRun } = services.store;
    fail(services.store, 'acquireRequest');
    fail(services.store, 'takeOverRequest');
    fail(services.store, 'acquireRun');
    await services.statementEnded(client.result('a'));
    await services.passSeconds(LONG);
    Object.assign(services.store, { acquireRequest, takeOverRequest, acquireRun });
    await services.queue.sendAll(services.queue.deadLetters.splice(0).map((job) => ({ job })));
    await services.passSeconds(LONG);
    expect(client.rows(client.result('a'))).toEqual([['a', 1]]);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

test('a failure that occurs fewer times than the maximum does not affect the client', async () => {
  await client.submit('a');
  failNext(services.statementApi, 'fetchPage', ...Array.from({ length: MAX_FAILURES - 1 }, () => new Error('surprise')));
  await services.statementEnded(client.result('a'));
  await services.passSeconds(LONG);
  expect(client.resultMessages()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
  expect(services.queue.deadLetters).toEqual([]);
});

test('the log of a failure contains no parameter and no row', async () => {
  services.statementApi.pages = [[['SECRET ROW', 1]]];
  await client.send({ type: 'query', id: 'a', parameters: { trip_month: '1999-12' } });
  fail(services.connections, 'post');
  await services.statementEnded(client.result('a'));
  await services.passSeconds(LONG);
  expect(services.entries).toContainEqual(expect.objectContaining({ event: 'retries_exhausted' }));
  expect(JSON.stringify(services.entries)).not.toMatch(/SECRET ROW|1999-12/);
});

test('a message that cannot be posted is dropped, and its content is in no dead letter and no log', async () => {
  fail(services.connections, 'post');
  await client.connect({ trip_month: '9999' });
  await services.passSeconds(LONG);
  expect(services.unfinished()).toEqual(NOTHING);
  expect(services.queue.deadLetters).toEqual([]);
  expect(JSON.stringify(services.entries)).not.toContain('9999');
});

describe('a run with a stored outcome whose subscribers cannot be read', () => {
  /** More often than a job may fail. */
  const FAILURES = 3 * MAX_FAILURES;

  beforeEach(async () => {
    services.queries = { ...services.queries, everything: { ...services.queries.everything, resultRetentionSeconds: 60 } };
    services.statementApi.pages = [[['a', 1]]];
    await client.submit('a');
    services.statementApi.end(client.result('a'));
  });

  it('notifies its clients when they can be read again', async () => {
    failNext(services.store, 'subscribers', ...Array.from({ length: FAILURES }, () => new Error('surprise')));
    await services.passSeconds(2 * LONG);
    expect(client.resultMessages()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters).toEqual([{ type: 'run', run: client.result('a'), check: expect.any(Number), attempt: 1 }]);
  });

  it('notifies clients that are still connected two hours later when its dead letters are redriven', async () => {
    let isFailing = true;
    beforeEvery(services.store, 'subscribers', () => {
      if (isFailing) {
        throw new Error('surprise');
      }
    });
    await services.passSeconds(LONG);
    services.queue.waiting.splice(0);
    await services.passSeconds(2 * 3600 - LONG);
    isFailing = false;
    await services.queue.sendAll(services.queue.deadLetters.splice(0).map((job) => ({ job })));
    await services.passSeconds(1);
    expect(client.resultMessages()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
  });

  it('leaves no check that fails forever', async () => {
    fail(services.store, 'subscribers');
    await services.passSeconds(3 * 3600);
    expect(services.queue.jobs).toEqual([]);
    expect(services.queue.deadLetters).toHaveLength(1);
  });
});

test('a job that makes progress between its failures never has its retries exhausted', async () => {
  services.statementApi.pages = Array.from({ length: 2 * MAX_FAILURES }, (_, row) => [[incompressible(20_000, row), row]]);
  await client.submit('a', { window: 1 });
  let posts = 0;
  beforeEvery(services.connections, 'post', (_connectionId: string, body: string) => {
    posts += 1;
    if (posts % 2 === 0 && body.startsWith('{"type":"rows"')) {
      throw new Error('surprise');
    }
  });
  await services.statementEnded(client.result('a'));
  for (let message = 0; message < 2 * MAX_FAILURES; message += 1) {
    await client.send({ type: 'more', result: client.result('a'), credit: 1 });
    await services.passSeconds(30);
  }
  expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
  expect(services.queue.deadLetters).toEqual([]);
});

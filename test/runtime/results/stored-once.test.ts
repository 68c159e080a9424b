import { ServiceBusyError } from '../../../src/runtime/model/errors';
import type { ResultChunk } from '../../../src/runtime/model/ports';
import { incompressible } from '../../support/incompressible';
import { beforeEvery, failNext } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

const ROWS = Array.from({ length: 30 }, (_, row) => [incompressible(3000, row), row]);

let services: MemoryServices;
let client: MemoryClient;
let result: string;

beforeEach(async () => {
  services = new MemoryServices();
  services.statementApi.pages = Array.from({ length: 6 }, (_, page) => ROWS.slice(page * 5, page * 5 + 5));
  client = new MemoryClient(services, 'c1');
  await client.submit('a');
  result = client.result('a');
});

/** Expects a whole result, and that every client that resumes it later receives the same messages. */
async function sameForAll(): Promise<void> {
  await services.passSeconds(300);
  expect(client.rows(result)).toEqual(ROWS);
  expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: 30 }]);
  const later = new MemoryClient(services, 'c2');
  await later.send({ type: 'resume', id: 'r', result, after: -1 });
  await services.passSeconds(300);
  const received = new Map(client.rowsMessages().map((message) => [message.seq, message]));
  expect(later.rowsMessages()).toEqual([...received.values()]);
  expect(later.terminalMessages('r')).toMatchObject([{ type: 'complete', messages: received.size }]);
  expect(services.unfinished()).toEqual(NOTHING);
}

test('rows that do not fill a message are carried over to the next page', async () => {
  await services.statementEnded(result);
  const sizes = client.rowsMessages().map(({ rows }) => rows.length);
  expect(new Set(sizes.slice(0, -1))).toEqual(new Set([10]));
  expect(services.statementApi.fetches).toBe(6);
  await sameForAll();
});

test('a result contains the rows that a function stored before it crashed, and the next function continues after them', async () => {
  const store = services.results.store.bind(services.results);
  const chunks: ResultChunk[] = [];
  services.results.store = async (run, chunk) => {
    const after = await store(run, chunk);
    chunks.push(chunk);
    return chunks.length === 1 ? services.crash() : after;
  };
  // The next function is throttled at the second page, and would have stored the first alone.
  failNext(services.statementApi, 'fetchPage', undefined, undefined, undefined, undefined, new ServiceBusyError('throttled'));
  await services.statementEnded(result);
  await sameForAll();
  const [before, instead] = chunks;
  expect([before.seq, instead.seq]).toEqual([0, 0]);
  expect(instead.after.rows).toBeLessThan(before.after.rows);
  const first = (await services.results.find(result, 0))!;
  expect(first.batches.map(({ lengths }) => lengths)).toEqual(before.batches.map(({ lengths }) => lengths));
});

test('a delayed call of a crashed function does not change a stored result', async () => {
  const store = services.results.store.bind(services.results);
  const calls: Parameters<typeof store>[] = [];
  services.results.store = async (...inputs) => {
    calls.push(inputs);
    return calls.length === 1 ? services.crash() : store(...inputs);
  };
  failNext(services.statementApi, 'fetchPage', undefined, undefined, undefined, undefined, new ServiceBusyError('throttled'));
  await services.statementEnded(result);
  await services.passSeconds(300);
  const [late, instead] = calls;
  expect(instead[1].after).not.toEqual(late[1].after);
  await store(...late);
  await sameForAll();
});

test('a function continues in the middle of a page when the function before it crashed there', async () => {
  services.statementApi.pages = [ROWS.slice(0, 17), ROWS.slice(17)];
  beforeEvery(services.statementApi, 'fetchPage', async (_, token?: string) => {
    return token === '1' && services.statementApi.fetches === 1 ? services.crash() : undefined;
  });
  await services.statementEnded(result);
  await services.passSeconds(300);
  expect((await services.store.run(result))!.fetched).toMatchObject({ rows: 30 });
  expect(services.statementApi.fetches).toBe(3);
  await sameForAll();
});

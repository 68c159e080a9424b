import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

const ROWS = Array.from({ length: 9 }, (_, row) => [`${row}`.repeat(12_000), row]);

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  services.statementApi.pages = [ROWS.slice(0, 3), ROWS.slice(3, 6), ROWS.slice(6)];
  client = new MemoryClient(services, 'c1');
});

async function rowsWithin(limits: { maxRows?: number; maxResultBytes?: number }): Promise<unknown[][]> {
  services.queries = { ...services.queries, everything: { ...services.queries.everything, ...limits } };
  await client.submit('a');
  await services.statementEnded(client.result('a'));
  return client.rows(client.result('a'));
}

function sentBytes(): number {
  return client.rowsMessages().reduce((sum, message) => sum + JSON.stringify(message).length, 0);
}

describe('a result that exceeds the maximum number of rows', () => {
  it.each([
    ['in the first page', 2, 1],
    ['in the second page', 4, 2],
    ['at the end of a page that another page follows', 3, 2],
    ['in the last page', 8, 3],
  ])('is truncated %s, and no further page is fetched', async (_, maxRows, fetches) => {
    expect(await rowsWithin({ maxRows })).toEqual(ROWS.slice(0, maxRows));
    expect(services.statementApi.fetches).toBe(fetches);
    const messages = client.rowsMessages().length;
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', truncated: true, rows: maxRows, messages, bytes: sentBytes() }]);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it.each([[9], [10]])('is not truncated when the maximum is %d rows', async (maxRows) => {
    expect(await rowsWithin({ maxRows })).toEqual(ROWS);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', truncated: false, rows: 9 }]);
  });

  it('has the same length when it is resumed', async () => {
    await rowsWithin({ maxRows: 4 });
    await client.send({ type: 'resume', id: 'b', result: client.result('a'), after: 0 });
    await services.passSeconds(1);
    const [{ timing, id, ...first }] = client.terminalMessages('a') as any[];
    expect(client.terminalMessages('b')).toMatchObject([first]);
  });
});

test('a result is truncated before it exceeds the maximum number of bytes', async () => {
  expect(await rowsWithin({ maxResultBytes: 60_000 })).toEqual(ROWS.slice(0, 4));
  expect(sentBytes()).toBeLessThanOrEqual(60_000);
  expect(services.statementApi.fetches).toBe(2);
  expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', truncated: true, rows: 4, bytes: sentBytes() }]);
});

test('a result contains no messages when the columns exceed the maximum number of bytes', async () => {
  expect(await rowsWithin({ maxResultBytes: 50 })).toEqual([]);
  expect(client.resultMessages()).toMatchObject([{ type: 'complete', truncated: true, messages: 0, rows: 0, bytes: 0 }]);
});

test('an empty result is not truncated', async () => {
  services.statementApi.pages = [[]];
  expect(await rowsWithin({ maxRows: 1 })).toEqual([]);
  expect(client.resultMessages()).toMatchObject([{ type: 'rows', rows: [] }, { type: 'complete', truncated: false, messages: 1, rows: 0 }]);
});

test('a truncated result is not reused after a deployment raised the maximum number of rows', async () => {
  services.queries = { ...services.queries, reused: { ...services.queries.reused, maxRows: 4 } };
  await client.submit('a', {}, 'reused');
  await services.statementEnded(client.result('a'));
  services.queries = { ...services.queries, reused: { ...services.queries.reused, maxRows: 8 } };
  await client.submit('b', {}, 'reused');
  expect(client.result('b')).not.toBe(client.result('a'));
  await services.statementEnded(client.result('b'));
  expect(client.rows(client.result('b'))).toEqual(ROWS.slice(0, 8));
});

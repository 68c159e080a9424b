import { MAX_MESSAGE_BYTES } from '../../../src/protocol/limits';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

const GZIP = { encodings: ['gzip'] };

/** Each is a message, and 16 are a batch. */
const ROWS = Array.from({ length: 40 }, (_, row) => [`${row % 10}`.repeat(20_000), row]);

let services: MemoryServices;
let client: MemoryClient;
let plain: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  services.statementApi.pages = [ROWS.slice(0, 7), ROWS.slice(7, 18), ROWS.slice(18)];
  client = new MemoryClient(services, 'c1');
  plain = new MemoryClient(services, 'c2');
});

const ALL_COMPRESSED = [{ seq: 0, messages: 16 }, { seq: 16, messages: 16 }, { seq: 32, messages: 8 }];

function one(seq: number) {
  return { seq, messages: 1 };
}

function seqsFrom(first: number, end: number) {
  return Array.from({ length: end - first }, (_, index) => one(first + index));
}

describe('a client that offers gzip', () => {
  it('receives compressed messages of at most 32 KB, with the same rows as a client without gzip', async () => {
    await client.submit('a', GZIP);
    await plain.submit('a');
    const result = client.result('a');
    expect(plain.result('a')).toBe(result);
    await services.statementEnded(result);
    expect(client.deliveries()).toEqual(ALL_COMPRESSED);
    expect(plain.deliveries()).toEqual(seqsFrom(0, 40));
    expect(client.rowsMessages()).toEqual(plain.rowsMessages());
    expect(client.rows(result)).toEqual(ROWS);
    const [terminalMessage] = client.terminalMessages('a');
    expect([terminalMessage]).toEqual(plain.terminalMessages('a'));
    const bytes = plain.rowsMessages().reduce((sum, message) => sum + JSON.stringify(message).length, 0);
    expect(terminalMessage).toMatchObject({ type: 'complete', messages: 40, rows: 40, bytes });
    for (const { message } of services.connections.posted) {
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    }
    expect(services.statementApi.fetches).toBe(3);
  });

  it('receives a small result without compression', async () => {
    services.statementApi.pages = [[['2015-01-01', 5], ['2015-01-02', 7]]];
    await client.submit('a', GZIP);
    await services.statementEnded(client.result('a'));
    expect(client.deliveries()).toEqual([one(0)]);
    expect(client.rows(client.result('a'))).toEqual(services.statementApi.pages[0]);
  });

  it('receives plain messages when the server supports none of the offered encodings', async () => {
    await client.submit('a', { encodings: ['zstd', 'br'] });
    await services.statementEnded(client.result('a'));
    expect(client.deliveries()).toEqual(seqsFrom(0, 40));
  });

  it('receives a batch compressed when its window allows the whole batch, and plain when it allows a part', async () => {
    await client.submit('a', { ...GZIP, window: 18 });
    await services.statementEnded(client.result('a'));
    expect(client.deliveries()).toEqual([{ seq: 0, messages: 16 }, one(16), one(17)]);
    await client.send({ type: 'more', result: client.result('a'), credit: 21 });
    await services.passSeconds(1);
    expect(client.deliveries().slice(3)).toEqual([...seqsFrom(18, 32), ...seqsFrom(32, 39)]);
    await client.send({ type: 'more', result: client.result('a'), credit: 1 });
    await services.passSeconds(1);
    expect(client.rows(client.result('a'))).toEqual(ROWS);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
  });

  it.each([
    ['in the middle of a batch', 9, [...seqsFrom(10, 16), ...ALL_COMPRESSED.slice(1)]],
    ['at the end of a batch', 15, ALL_COMPRESSED.slice(1)],
    ['from the first', -1, ALL_COMPRESSED],
    ['at the last message', 38, [one(39)]],
  ])('receives the rest of the batch as plain messages and the next batches compressed when it resumes %s', async (_, after, deliveries) => {
    await plain.submit('a');
    const result = plain.result('a');
    await services.statementEnded(result);
    await client.send({ type: 'resume', id: 'r', result, after, options: GZIP });
    await services.passSeconds(1);
    expect(client.deliveries()).toEqual(deliveries);
    expect(client.rows(result, after)).toEqual(ROWS.slice(after + 1));
    expect(client.terminalMessages('r')).toMatchObject([{ type: 'complete', messages: 40 }]);
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('receives plain messages when it resumes without the offer', async () => {
    await client.submit('a', GZIP);
    const result = client.result('a');
    await services.statementEnded(result);
    await plain.send({ type: 'resume', id: 'r', result, after: 30 });
    await services.passSeconds(1);
    expect(plain.deliveries()).toEqual(seqsFrom(31, 40));
  });
});

import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { MAX_MESSAGE_BYTES } from '../../../src/protocol/limits';
import type { CompressedRowsMessage, RowsMessage } from '../../../src/protocol/messages';
import { RejectedRequestError } from '../../../src/runtime/model/errors';
import type { Cell, ResultChunk } from '../../../src/runtime/model/ports';
import { NOTHING_FETCHED } from '../../../src/runtime/model/run';
import type { MessageBatch } from '../../../src/runtime/model/stored-batches';
import { RowBatcher } from '../../../src/runtime/results/batch-rows';
import type { ResultLimits } from '../../../src/runtime/results/batch-rows';
import { MAX_MESSAGES_PER_BATCH, createCompressedMessage, unpack } from '../../../src/runtime/results/message-batch';
import { incompressible } from '../../support/incompressible';
import { inPages, measurements } from '../../support/result-rows';

const COLUMNS = [{ name: 'value', type: 'varchar' }];
const COLUMNS_ONLY = '{"type":"rows","result":"run-1","seq":0,"offset":0,"columns":[{"name":"value","type":"varchar"}],"rows":[]}';

type Rows = readonly (readonly Cell[])[];

interface Batched {
  readonly chunks: ResultChunk[];
  readonly batches: MessageBatch[];
  readonly messages: string[];
  readonly stop?: 'truncated' | RejectedRequestError;
}

/** Batches pages from a position; `takesAll` returns after which pages no rows are carried over to the next. */
function batch(pages: readonly Rows[], { limits = {}, from = NOTHING_FETCHED, columns = COLUMNS, takesAll = (_page: number) => false } = {} as {
  limits?: ResultLimits; from?: ResultChunk['after']; columns?: typeof COLUMNS; takesAll?: (page: number) => boolean;
}): Batched {
  const batcher = new RowBatcher('run-1', from, limits);
  const chunks: ResultChunk[] = [];
  while (!batcher.isWhole) {
    const page = Number(batcher.token ?? 0);
    batcher.add({ columns, rows: pages[page], nextToken: page + 1 < pages.length ? String(page + 1) : undefined });
    const chunk = batcher.take(batcher.isWhole || takesAll(page));
    chunks.push(...chunk ? [chunk] : []);
  }
  const batches = chunks.flatMap((chunk) => chunk.batches);
  return { chunks, batches, messages: batches.flatMap(unpack), stop: batcher.stop };
}

function parsed({ messages }: Batched): RowsMessage[] {
  return messages.map((text) => JSON.parse(text));
}

function rowsIn(batched: Batched): Cell[][] {
  return parsed(batched).flatMap(({ rows }) => rows.map((row) => [...row]));
}

/** Expects the same rows. Compares one string with a line for each row, because Jest compares thousands of arrays slowly. */
function expectRows(received: Rows, expected: Rows): void {
  const toLines = (rows: Rows) => rows.map((row) => JSON.stringify(row)).join('\n');
  expect(toLines(received)).toBe(toLines(expected));
}

describe('a long result of RowBatcher', () => {
  const rows = measurements(20_000);
  const batched = batch(inPages(rows, 1000));

  it('contains all rows in numbered messages with their offsets, and the columns in the first message', () => {
    expectRows(rowsIn(batched), rows);
    let offset = 0;
    for (const [seq, message] of parsed(batched).entries()) {
      expect(message).toMatchObject({ type: 'rows', result: 'run-1', seq, offset });
      expect(message.columns).toEqual(seq === 0 ? COLUMNS : undefined);
      offset += message.rows.length;
    }
  });

  it('fills compressed messages to 90 percent or more on average, and no message exceeds 32 KB', () => {
    const sizes = batched.batches.map((one) => Buffer.byteLength(createCompressedMessage('run-1', 1_000_000, one)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    expect(sizes.slice(0, -1).reduce((sum, size) => sum + size, 0) / (sizes.length - 1)).toBeGreaterThan(0.9 * MAX_MESSAGE_BYTES);
    expect(Math.max(...batched.messages.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    expect(batched.batches.length).toBeLessThan(0.6 * batched.messages.length);
  });

  it('is the same for every page size', () => {
    for (const size of [1, 7, 999, 20_000]) {
      expect(batch(inPages(rows, size)).messages).toEqual(batched.messages);
    }
  });

  it('counts its messages, rows and bytes correctly', () => {
    const { after } = batched.chunks.at(-1)!;
    const bytes = batched.messages.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const compressedBytes = batched.batches.reduce((sum, { data }) => sum + data.length, 0);
    expect(after).toEqual({ seq: batched.messages.length, rows: rows.length, bytes, compressedBytes, token: '19', rowsOfPage: 1000 });
  });

  it('can be continued after every chunk, with the same rows', () => {
    for (const chunk of batched.chunks) {
      const before = batched.chunks.filter(({ seq }) => seq <= chunk.seq);
      const rest = batch(inPages(rows, 1000), { from: chunk.after });
      expectRows([...before.flatMap(({ batches }) => batches).flatMap(unpack), ...rest.messages].flatMap((text) => JSON.parse(text).rows), rows);
      expect(rest.chunks[0]?.seq ?? chunk.after.seq).toBe(chunk.after.seq);
    }
  });
});

test('createCompressedMessage returns the messages of a batch as one JSON array, compressed with gzip', () => {
  const { batches: [first], messages } = batch([measurements(5000)]);
  const message: CompressedRowsMessage = JSON.parse(createCompressedMessage('run-1', 0, first));
  expect(message).toMatchObject({ type: 'rows', result: 'run-1', seq: 0, offset: 0, messages: first.lengths.length, encoding: 'gzip' });
  expect(first.lengths.length).toBeGreaterThan(1);
  expect(gunzipSync(Buffer.from(message.data, 'base64')).toString()).toBe(`[${messages.slice(0, first.lengths.length).join(',')}]`);
});

test('RowBatcher fills plain messages almost completely when their rows are incompressible', () => {
  const { messages } = batch([Array.from({ length: 2000 }, (_, row) => [incompressible(150, row)])]);
  for (const text of messages.slice(0, -1)) {
    expect(Buffer.byteLength(text)).toBeGreaterThan(MAX_MESSAGE_BYTES - 400);
  }
});

test('RowBatcher fills plain messages almost completely when rows that do not fit compressed follow very compressible ones', () => {
  // Of 90 different characters, without the backslash, so that 32 KB have 26 KB compressed.
  const toCharacter = (byte: number) => String.fromCharCode(byte % 90 + (byte % 90 < 57 ? 35 : 36));
  const dense = (row: number) => [...createHash('sha512').update(String(row)).digest()].map(toCharacter).join('');
  const { batches } = batch([[...Array.from({ length: 40 }, () => ['x'.repeat(20_000)]), ...Array.from({ length: 6000 }, (_, row) => [dense(row)])]]);
  const plain = batches.slice(0, -1).filter(({ lengths }) => lengths.length === 1);
  expect(plain.length).toBeGreaterThan(5);
  for (const { lengths } of plain) {
    expect(lengths[0]).toBeGreaterThan(MAX_MESSAGE_BYTES - 100);
  }
});

test('RowBatcher puts at most 16 messages into a batch when the rows compress very well', () => {
  const { batches } = batch([Array.from({ length: 40 }, () => ['x'.repeat(20_000)])]);
  expect(batches.map(({ lengths }) => lengths.length)).toEqual([MAX_MESSAGES_PER_BATCH, MAX_MESSAGES_PER_BATCH, 8]);
});

test('RowBatcher returns all rows for any pages, regardless of how often it flushes', () => {
  const wide = fc.nat(20_000);
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme' }), fc.integer(), fc.constant(null), fc.boolean(),
    wide.map((length) => incompressible(length, length)), wide.map((length) => 'ü'.repeat(length / 2)),
  );
  const pages = fc.array(fc.array(fc.tuple(cell), { maxLength: 30 }), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(pages, fc.integer({ min: 1, max: 9 }), (given, every) => {
    const batched = batch(given, { takesAll: (page) => page % every === 0 });
    expectRows(rowsIn(batched), given.flat());
    const several = batched.batches.filter(({ lengths }) => lengths.length > 1);
    for (const message of [...batched.messages, ...several.map((one) => createCompressedMessage('run-1', 0, one))]) {
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    }
    expect(batched.chunks.at(-1)!.after).toMatchObject({ seq: batched.messages.length, rows: given.flat().length });
  }), { numRuns: 100 });
});

describe('RowBatcher at its size limits', () => {
  it('puts a row into a message of its own when it does not fit beside the columns', () => {
    const columns = Array.from({ length: 500 }, (_, index) => ({ name: `column_${index}`, type: 'int4' }));
    expect(parsed(batch([[['x'.repeat(30_000)]]], { columns }))).toMatchObject([{ seq: 0, rows: [] }, { seq: 1, offset: 0, rows: [['x'.repeat(30_000)]] }]);
  });

  it('accepts a row of exactly the maximum size, and stops with its number when it is one byte larger', () => {
    const room = MAX_MESSAGE_BYTES - Buffer.byteLength('{"type":"rows","result":"run-1","seq":1,"offset":1,"rows":[[""]]}');
    const from = { ...NOTHING_FETCHED, seq: 1, rows: 1, token: '0', rowsOfPage: 1 };
    const largest = batch([[['a'], ['x'.repeat(room)]]], { from });
    expect(largest.messages.map((text) => Buffer.byteLength(text))).toEqual([MAX_MESSAGE_BYTES]);
    const larger = batch([[['a'], ['x'.repeat(room + 1)], ['never seen']]], { from });
    expect(larger.stop).toMatchObject({ code: 'row_too_large', message: expect.stringMatching(/^Row 2 takes \d+ bytes as JSON/) });
    expect(larger.messages).toEqual([]);
  });

  it('returns the rows before a row that is too large', () => {
    const batched = batch([[['a'], ['b']], [['c'], ['x'.repeat(40_000)]], [['d']]]);
    expect(rowsIn(batched)).toEqual([['a'], ['b'], ['c']]);
    expect(batched.stop).toBeInstanceOf(RejectedRequestError);
  });

  it('rejects columns that do not fit into a message', () => {
    const columns = Array.from({ length: 1600 }, (_, index) => ({ name: `a_rather_long_column_name_${index}`, type: 'int4' }));
    expect(batch([[]], { columns }).stop).toMatchObject({ message: expect.stringMatching(/^The list of columns takes \d+ bytes/) });
  });
});

test('RowBatcher reads rows one at a time, and none after the limit', () => {
  let taken = 0;
  function* endless(): Generator<Cell[]> {
    for (;;) {
      yield [taken += 1];
    }
  }
  const batcher = new RowBatcher('run-1', NOTHING_FETCHED, { maxRows: 10_000 });
  batcher.add({ columns: COLUMNS, rows: endless() });
  expect([batcher.stop, taken]).toEqual(['truncated', 10_001]);
});

describe('a truncated result', () => {
  const rows = Array.from({ length: 10 }, (_, row) => [`row ${row}`]);

  it.each([
    ['in the middle of a page', [rows.slice(0, 3), rows.slice(3)], 5, 5, true],
    ['at the end of a page', [rows.slice(0, 5), rows.slice(5)], 5, 5, true],
    ['at its own end', [rows], 10, 10, false],
    ['at its own end, before a last page without rows', [rows, []], 10, 10, false],
    ['beyond its end', [rows], 11, 10, false],
    ['after the first row', [rows], 1, 1, true],
    ['on a result without rows', [[]], 1, 0, false],
  ])('contains no more rows than the limit when the limit is %s', (_, pages, maxRows, expected, isTruncated) => {
    const batched = batch(pages, { limits: { maxRows } });
    expect(rowsIn(batched)).toEqual(rows.slice(0, expected));
    expect(batched.stop).toBe(isTruncated ? 'truncated' : undefined);
  });

  it('contains all rows before the limit when the limit is in the middle of a message or batch', () => {
    const many = measurements(6000);
    for (const maxRows of [1, 400, 2999, 3000, 3001, 5999]) {
      expectRows(rowsIn(batch(inPages(many, 3000), { limits: { maxRows } })), many.slice(0, maxRows));
    }
  });

  it('contains every row that fits into the maximum number of bytes', () => {
    const whole = batch([rows]);
    const bytes = Buffer.byteLength(whole.messages[0]);
    expect(batch([rows], { limits: { maxResultBytes: bytes } })).toEqual(whole);
    const cut = batch([rows], { limits: { maxResultBytes: bytes - 1 } });
    expect(rowsIn(cut)).toEqual(rows.slice(0, 9));
    expect(cut.stop).toBe('truncated');
  });

  it('does not exceed any maximum number of bytes', () => {
    const many = measurements(3000);
    fc.assert(fc.property(fc.nat(200_000), (maxResultBytes) => {
      const cut = batch(inPages(many, 100), { limits: { maxResultBytes } });
      const bytes = cut.messages.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      expect(bytes).toBeLessThanOrEqual(maxResultBytes);
      expect(bytes).toBeGreaterThan(Math.min(maxResultBytes - 300, 100_000));
      const received = rowsIn(cut);
      expectRows(received, many.slice(0, received.length));
    }), { numRuns: 30 });
  });

  const tight = [[COLUMNS_ONLY.length, 1], [COLUMNS_ONLY.length - 1, 0], [1, 0]];
  it.each(tight)('contains the columns if they fit, and no rows, when the limit is %d bytes', (maxResultBytes, messages) => {
    const cut = batch([rows], { limits: { maxResultBytes } });
    expect(cut.messages).toEqual(Array(messages).fill(COLUMNS_ONLY));
    expect(cut.stop).toBe('truncated');
  });

  it('is truncated without an error when the limit is before a row that is too large for a message', () => {
    expect(batch([[['a'], ['x'.repeat(40_000)]]], { limits: { maxResultBytes: 30_000 } }).stop).toBe('truncated');
    expect(batch([[['a'], ['x'.repeat(40_000)]]], { limits: { maxRows: 1 } }).stop).toBe('truncated');
  });
});

import { MAXIMUM_MESSAGE_BYTES } from '../../src/protocol/messages';
import type { Cell } from '../../src/runtime/ports';
import { encodeCell, encodeRows } from '../../src/runtime/row-messages';

const COLUMNS = [{ name: 'value', type: 'varchar' }];
const START = { result: 'run-1', seq: 0, offset: 0 };

function encode(rows: Iterable<readonly Cell[]>, columns = COLUMNS, start = START) {
  return [...encodeRows(start, columns, rows)];
}

test('every message is whole JSON, at most 32 KB, nearly full, and counts its bytes right', () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => [`zürich ${index}`]);
  const messages = encode(rows);
  expect(messages.flatMap(({ text }) => JSON.parse(text).rows)).toEqual(rows);
  for (const { text, bytes } of messages) {
    expect(bytes).toBe(Buffer.byteLength(text));
    expect(bytes).toBeLessThanOrEqual(MAXIMUM_MESSAGE_BYTES);
  }
  for (const { bytes } of messages.slice(0, -1)) {
    expect(bytes).toBeGreaterThan(MAXIMUM_MESSAGE_BYTES - 50);
  }
});

test('messages count up, and say which row they begin with', () => {
  const messages = encode(Array.from({ length: 3 }, () => ['x'.repeat(20_000)]), COLUMNS, { ...START, seq: 5, offset: 70 });
  expect(messages.map(({ text }) => JSON.parse(text))).toMatchObject([{ seq: 5, offset: 70 }, { seq: 6, offset: 71 }, { seq: 7, offset: 72 }]);
  expect(messages.map(({ text }) => 'columns' in JSON.parse(text))).toEqual([false, false, false]);
});

test('a row that fits alone, but not beside the columns, follows them in a message of its own', () => {
  const columns = Array.from({ length: 500 }, (_, index) => ({ name: `column_${index}`, type: 'int4' }));
  const messages = encode([['x'.repeat(30_000)]], columns).map(({ text }) => JSON.parse(text));
  expect(messages).toMatchObject([{ seq: 0, rows: [] }, { seq: 1, offset: 0, rows: [['x'.repeat(30_000)]] }]);
});

test('a row of exactly the largest size passes, and one byte more is refused with its number', () => {
  const room = MAXIMUM_MESSAGE_BYTES - Buffer.byteLength('{"type":"rows","result":"run-1","seq":1,"offset":0,"rows":[[""]]}');
  expect(encode([['x'.repeat(room)]], COLUMNS, { ...START, seq: 1 })[0].bytes).toBe(MAXIMUM_MESSAGE_BYTES);
  expect(() => encode([['x'.repeat(room + 1)]], COLUMNS, { ...START, seq: 1 })).toThrow(/^Row 1 takes \d+ bytes as JSON/);
});

test('columns that are too many for a message are refused', () => {
  const columns = Array.from({ length: 1600 }, (_, index) => ({ name: `a_rather_long_column_name_${index}`, type: 'int4' }));
  expect(() => encode([], columns)).toThrow(/^The list of columns takes \d+ bytes/);
});

test('rows are taken one at a time, never all at once', () => {
  let taken = 0;
  function* endless(): Generator<Cell[]> {
    for (;;) {
      yield [taken += 1];
    }
  }
  encodeRows(START, COLUMNS, endless()).next();
  expect(taken).toBeLessThan(MAXIMUM_MESSAGE_BYTES);
});

test.each<[string, Cell, string]>([
  ['NULL', null, 'null'],
  ['an empty string', '', '""'],
  ['true', true, 'true'],
  ['an integer', 42, '42'],
  ['the largest exact number', Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ['a BIGINT beyond it', '9007199254740993', '"9007199254740993"'],
  ['a double', 0.1, '0.1'],
  ['negative zero', -0, '-0'],
  ['NaN', NaN, '"NaN"'],
  ['Infinity', Infinity, '"Infinity"'],
  ['-Infinity', -Infinity, '"-Infinity"'],
  ['a DECIMAL', '12345678901234567890.10', '"12345678901234567890.10"'],
  ['non-ASCII text', 'naïve 🚕 \u2028', '"naïve 🚕 \u2028"'],
  ['text with quotes and control characters', '"\\\n\u0000', '"\\"\\\\\\n\\u0000"'],
  ['VARBYTE', Uint8Array.of(0, 255), '"AP8="'],
])('%s arrives exact', (_, cell, text) => {
  expect(encodeCell(cell)).toBe(text);
});

import * as fc from 'fast-check';
import type { Cell } from '../../../src/runtime/model/ports';
import { EncodedRows } from '../../../src/runtime/results/encoded-rows';

function encode(...rows: Cell[][]): EncodedRows {
  const encoded = new EncodedRows();
  rows.forEach((row) => encoded.add(row));
  return encoded;
}

function toJson(encoded: EncodedRows, first = 0, end = encoded.count): string {
  return Buffer.from(encoded.toJson(first, end)).toString();
}

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
  ['a non-ASCII string', 'naïve 🚕 \u2028', '"naïve 🚕 \u2028"'],
  ['a string with quotes and control characters', '"\\\n\u0000', '"\\"\\\\\\n\\u0000"'],
  ['VARBYTE', Uint8Array.of(0, 255), '"AP8="'],
  ['a lone surrogate', 'a\ud83d', '"a\\ud83d"'],
  ['an escaped character in a long string', `${'x'.repeat(100)}"`, `"${'x'.repeat(100)}\\""`],
])('EncodedRows encodes %s exactly', (_, cell, json) => {
  expect(toJson(encode([cell, cell], [cell]))).toBe(`[${json},${json}],[${json}]`);
});

describe('EncodedRows', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', minLength: 50, maxLength: 200 }), fc.string(), fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)), fc.boolean(), fc.constant(null),
  );
  const rows = fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 20 });

  it('encodes all rows like JSON.stringify, and reports their sizes', () => {
    fc.assert(fc.property(rows, (given) => {
      const encoded = encode(...given);
      expect(`[${toJson(encoded)}]`).toBe(JSON.stringify(given));
      expect(given.map((_, index) => encoded.bytesOf(index))).toEqual(given.map((row) => Buffer.byteLength(JSON.stringify(row))));
    }));
  });

  it('contains the remaining rows when rows are removed and added', () => {
    fc.assert(fc.property(rows, rows, fc.nat(20), (given, added, removed) => {
      const encoded = encode(...given);
      encoded.removeFirst(Math.min(removed, encoded.count));
      added.forEach((row) => encoded.add(row));
      const expected = [...given.slice(removed), ...added];
      expect(encoded.count).toBe(expected.length);
      for (const end of [0, Math.floor(expected.length / 2), expected.length]) {
        expect(`[${toJson(encoded, 0, end)}]`).toBe(JSON.stringify(expected.slice(0, end)));
        expect(`[${toJson(encoded, end)}]`).toBe(JSON.stringify(expected.slice(end)));
      }
    }));
  });

  it('grows when a row is larger than its buffer', () => {
    const row = ['\u0000'.repeat(300_000), 'x'.repeat(2_000_000)];
    expect(toJson(encode(['first'], row, ['last']))).toBe(`["first"],${JSON.stringify(row)},["last"]`);
  });
});

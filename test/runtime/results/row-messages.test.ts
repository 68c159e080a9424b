import type { Cell } from '../../../src/runtime/model/ports';
import { encodeCell } from '../../../src/runtime/results/row-messages';

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
])('encodeCell encodes %s exactly', (_, cell, json) => {
  expect(encodeCell(cell)).toBe(json);
});

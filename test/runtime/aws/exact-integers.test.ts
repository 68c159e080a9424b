import { quoteUnsafeIntegers } from '../../../src/runtime/aws/clients/exact-integers';

test.each([
  ['{"longValue":42}', '{"longValue":42}'],
  ['{"longValue":9007199254740991}', '{"longValue":9007199254740991}'],
  ['{"longValue":9007199254740993}', '{"stringValue":"9007199254740993"}'],
  ['{"longValue": -9223372036854775808}', '{"stringValue":"-9223372036854775808"}'],
  ['{"stringValue":"\\"longValue\\":9007199254740993"}', '{"stringValue":"\\"longValue\\":9007199254740993"}'],
])('quoteUnsafeIntegers converts %s to %s', (json, expected) => {
  expect(quoteUnsafeIntegers(json)).toBe(expected);
});

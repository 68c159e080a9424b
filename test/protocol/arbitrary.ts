import * as fc from 'fast-check';
import { Placeholders } from './placeholders';

const placeholders = new Placeholders();

/** Strings of any UTF-16 code units, including halves of surrogate pairs, and names of properties that all objects have. */
export const anyString = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 20 }),
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', '\0', '\ud800', '$&', "'; DROP TABLE trips; --", ':day', 'x'.repeat(200)),
);

const anyNumber = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, -1, 1, 1e9, 1e9 + 1, 2 ** 53, 1e300, 5e-324, 0.5),
);

const scalar = fc.oneof(anyString, anyNumber, fc.boolean(), fc.constant(null));

/** Any JSON value, of objects with any keys. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(anyString, tie('value')), { maxLength: 4 }).map(objectOf),
  ),
})).value;

/** Numbers that JSON supports and JavaScript does not, and deeply nested values. */
export const invalidJson = fc.oneof(
  fc.constantFrom(
    '1e999999999', '-1e-999999999', '123456789012345678901234567890', `0.${'1'.repeat(5000)}`, '[', '{"type":"query"', '\ufeff{}', '"', '{"a":1,"a":2}', 'nul',
    '{"type":"ping","type":"query"}', '{"__proto__":{"type":"ping"}}', `{"type":"more","result":"r","credit":${'9'.repeat(400)}}`,
  ),
  fc.constantFrom(10, 1000, 15_000).map((depth) => `{"type":"query","id":"a","query":"kinds","parameters":{"string":${'['.repeat(depth)}9007199254740993${']'.repeat(depth)}}}`),
  fc.constantFrom(10, 1000, 5_000).map((depth) => `${'{"a":'.repeat(depth)}1.00000000000000000001${'}'.repeat(depth)}`),
  fc.constantFrom(32 * 1024, 32 * 1024 + 1, 128 * 1024).chain((length) => fc.constantFrom(' '.repeat(length), `"${'€'.repeat(length / 4)}"`, '['.repeat(length))),
);

function objectOf(entries: readonly (readonly [string, unknown])[]): unknown {
  // Not by assignment, which would set a prototype.
  return JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`);
}

const id = fc.oneof({ weight: 8, arbitrary: fc.constantFrom('a', 'b', 'c') }, { weight: 1, arbitrary: anyString });

/** A field that is often right, at times anything, and at times not there. */
function often(right: fc.Arbitrary<unknown>, anything: fc.Arbitrary<unknown> = anyValue): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 10, arbitrary: right }, { weight: 1, arbitrary: anything }, { weight: 1, arbitrary: fc.constant(undefined) });
}

function message(type: string, fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> {
  const another = fc.tuple(anyString, anyValue).map((entry) => objectOf([entry]));
  const more = fc.oneof({ weight: 15, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: another });
  return fc.tuple(fc.record({ type: fc.constant(type), ...fields }), more).map(([known, unknown]) => ({ ...known, ...unknown as object }));
}

const positive = fc.constantFrom(1, 2, 1000);
const anyNumberOrValue = fc.oneof({ weight: 4, arbitrary: anyNumber }, { weight: 1, arbitrary: anyValue });

const options = fc.oneof(fc.constant(undefined), fc.record({
  window: often(positive, anyNumberOrValue),
  encodings: often(fc.constantFrom(['gzip'], ['zstd', 'gzip'], [])),
  maxAge: often(fc.nat(100), anyNumberOrValue),
}));

/** Values for the parameters of the query `kinds`, right and wrong. */
export const parameters = fc.record({
  string: often(fc.string({ maxLength: 5 })),
  integer: often(fc.oneof(fc.integer({ min: -10 }), fc.bigInt({ min: 0n, max: 9223372036854775807n }).map(String))),
  decimal: often(fc.constantFrom(0, 1.5, '-9999.99', '1e2')),
  boolean: often(fc.constantFrom(true, 'false')),
  date: often(fc.constantFrom('2015-01-31', '2024-02-29')),
  timestamp: often(fc.constant('2015-01-31 00:00:00')),
  timestamp_tz: often(fc.constant('2015-01-31T00:00:00Z')),
  one_of: often(fc.constantFrom('cash', 'card')),
  list: often(fc.constantFrom([1], ['1', 2], [1, 2, 3])),
}, { requiredKeys: [] });

const results = ['name-2', 'name-5', 'name-8', 'r'];

/** Messages of clients, most of them valid; `result` is a result of the service, or an unknown one. */
export const clientMessage: fc.Arbitrary<object> = fc.oneof(
  message('query', { id: often(id), query: fc.constantFrom(undefined, 'everything', 'cut'), parameters: fc.constantFrom(undefined, { trip_month: '2015-01' }), options }),
  message('query', { id: often(id), query: fc.constant('kinds'), parameters: often(parameters), options }),
  message('cancel', { id: often(id) }),
  message('more', { result: often(fc.constantFrom(...results)), credit: often(positive, anyNumberOrValue) }),
  message('resume', { id: often(id), result: often(fc.constantFrom(...results)), after: often(fc.constantFrom(-1, 0, 5), anyNumberOrValue), options: fc.constant(undefined) }),
  message('ping', {}),
);

/** Any string that a client can send: valid and invalid messages, JSON, and other strings. */
export const clientString = fc.oneof(
  { weight: 4, arbitrary: clientMessage.map((each) => JSON.stringify(each)) },
  { weight: 2, arbitrary: anyValue.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: invalidJson },
  { weight: 1, arbitrary: anyString },
);

/** Of a client that names its queries 1, 2, …. */
const clientsId = fc.constantFrom('1', '2', '3', '4', '5', '6');
const result = fc.constantFrom('r', 'r', 's');
const count = fc.nat(3);

const columns = fc.array(fc.record({
  name: often(fc.constantFrom('n', 'm', '__proto__'), anyString),
  type: often(fc.constantFrom('int8', 'numeric', 'float8', 'varchar'), anyString),
}), { minLength: 1, maxLength: 2 });

const row = fc.array(often(fc.constantFrom(null, 1, 'x', '9007199254740993')), { minLength: 1, maxLength: 2 });

const rowsMessage = message('rows', { result: often(result), seq: often(count), offset: often(count), columns: often(columns), rows: often(fc.array(row, { maxLength: 2 })) });

const compressible = fc.oneof({ weight: 8, arbitrary: rowsMessage as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: anyValue });

const compressedMessage = fc.tuple(fc.array(compressible, { maxLength: 3 }), count, result)
  .chain(([inside, seq, ofResult]) => message('rows', {
    result: often(fc.constant(ofResult)),
    seq: often(fc.constant(seq)),
    messages: often(fc.constant(inside.length)),
    encoding: often(fc.constant('gzip'), anyString),
    data: often(fc.constant(placeholders.fill({ $gzip: inside.map((each, index) => inLine(each, ofResult, seq + index)) })), anyString),
  }));

/** A message as it is in a compressed batch. */
function inLine(each: unknown, ofResult: string, seq: number): unknown {
  return typeof each === 'object' && each !== null ? { ...each, result: ofResult, seq } : each;
}

const accepted = message('accepted', { id: often(clientsId), result: often(result), shared: fc.boolean(), cached: fc.boolean() });

const errorCode = fc.constantFrom(
  'internal', 'result_expired', 'stalled', 'too_many_queries', 'unknown_field', 'unknown_id', 'id_in_use', 'cancelled', 'statement_failed', 'a_later_one',
);

/** Messages of a service that is right in much and wrong in anything. */
const serverMessage: fc.Arbitrary<object> = fc.oneof(
  { weight: 4, arbitrary: accepted },
  { weight: 6, arbitrary: rowsMessage },
  { weight: 2, arbitrary: compressedMessage },
  { weight: 1, arbitrary: message('progress', { result: often(result), state: often(fc.constantFrom('waiting', 'running')), elapsedMs: often(count) }) },
  {
    weight: 3,
    arbitrary: message('complete', {
      id: often(clientsId),
      result: often(result),
      messages: often(count),
      rows: often(count),
      bytes: often(count),
      truncated: often(fc.boolean()),
      timing: often(fc.constant({})),
    }),
  },
  {
    weight: 2,
    arbitrary: message('error', { id: often(clientsId), result: often(result), code: often(errorCode), message: often(anyString), retryable: often(fc.boolean()) }),
  },
  { weight: 1, arbitrary: message('bye', { reason: often(anyString), retryable: often(fc.boolean()) }) },
  { weight: 1, arbitrary: fc.constantFrom({ type: 'pong' }, { message: 'Internal server error', requestId: 'x' }, { type: 'toString' }) },
);

/** A query is accepted, and its first rows arrive, so that the following messages belong to a query. */
export const beginning: fc.Arbitrary<string[]> = fc.tuple(accepted, accepted, columns, fc.array(row, { maxLength: 2 }))
  .map(([one, other, columnsOfIt, rows]) => {
    return [one, other, { type: 'rows', result: 'r', seq: 0, offset: 0, columns: columnsOfIt, rows }].map((each) => JSON.stringify(each));
  });

/** Any string that a service, or another server in its place, can send. */
export const serverString = fc.oneof(
  { weight: 8, arbitrary: serverMessage.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: anyValue.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: invalidJson },
  { weight: 1, arbitrary: anyString },
);

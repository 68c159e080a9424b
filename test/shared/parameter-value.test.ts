import * as fc from 'fast-check';
import { canonicalDecimal, compareDecimals, ExactNumber } from '../../src/shared/decimal';
import { canonicalValue } from '../../src/shared/parameter-value';
import type { ListDefinition, ValueDefinition } from '../../src/shared/query-definitions';

const BIGINT: ValueDefinition = { kind: 'integer', min: '-9223372036854775808', max: '9223372036854775807' };
const DIGIT: ValueDefinition = { kind: 'integer', min: '0', max: '9' };
const DECIMAL: ValueDefinition = { kind: 'decimal', precision: 38 };
const PRICE: ValueDefinition = { kind: 'decimal', precision: 7, scale: 2, min: '-1' };
const DATE: ValueDefinition = { kind: 'date' };
const YEAR: ValueDefinition = { kind: 'date', min: '2015-01-01', max: '2015-12-31' };
const TIMESTAMP: ValueDefinition = { kind: 'timestamp', withTimeZone: false, max: '2015-12-31 23:59:59.5' };
const ZONED_TIMESTAMP: ValueDefinition = { kind: 'timestamp', withTimeZone: true };
const STRING: ValueDefinition = { kind: 'string', minLength: 0, maxLength: 4 };
const LIST: ListDefinition = { kind: 'list', item: DIGIT, minItems: 1, maxItems: 3 };

/** A number with zeros that do not change it, as a string and as in JSON. */
function zerosAfter(start: string, zeros: number): unknown[] {
  const string = start + '0'.repeat(zeros);
  return [string, new ExactNumber(string)];
}

describe('canonicalValue', () => {
  it.each<[ValueDefinition | ListDefinition, unknown[], string | string[]]>([
    [DIGIT, [5, '5', '005', 5.0, '5.0', '5e0', '0.5e1', '50e-1', ...[22, 401, 30_000].flatMap((zeros) => zerosAfter('5.', zeros))], '5'],
    [DIGIT, [...zerosAfter('0.', 500), '0e9999999999', new ExactNumber('0e-9999999999')], '0'],
    [DECIMAL, [...zerosAfter('1.5', 500), `${'0'.repeat(500)}1.5`, `1.5e${'0'.repeat(20)}`], '1.5'],
    [DIGIT, [0, -0, '0', '-0', '-00'], '0'],
    [BIGINT, ['9223372036854775807', '009223372036854775807', new ExactNumber('9223372036854775807')], '9223372036854775807'],
    [BIGINT, [-1e18, '-1000000000000000000', new ExactNumber('-1.000000000000000000e18')], '-1000000000000000000'],
    [DECIMAL, [1.5, '1.50', '01.5', '1.5e0', '15e-1', '0.15e1'], '1.5'],
    [DECIMAL, ['0.1000000000000000055511151231257827', new ExactNumber('0.1000000000000000055511151231257827')], '0.1000000000000000055511151231257827'],
    [DECIMAL, [100, '100.', '1e2'].filter((value) => value !== '100.'), '100'],
    [DECIMAL, ['-0.0', 0, '0e5'], '0'],
    [PRICE, ['99999.99', 99999.99], '99999.99'],
    [{ kind: 'boolean' }, [true, 'true'], 'true'],
    [{ kind: 'boolean' }, [false, 'false'], 'false'],
    [DATE, ['2016-02-29'], '2016-02-29'],
    [TIMESTAMP, ['2015-01-31T23:59', '2015-01-31 23:59:00', '2015-01-31 23:59:00.000', '2015-01-31 23:59:00.000000000'], '2015-01-31 23:59:00'],
    [TIMESTAMP, ['2015-12-31 23:59:59.5', '2015-12-31T23:59:59.500000'], '2015-12-31 23:59:59.5'],
    [ZONED_TIMESTAMP, ['2015-01-01T00:30:00.123Z', '2015-01-01 01:30:00.123+01:00', '2014-12-31T19:00:00.1230-0530'], '2015-01-01 00:30:00.123+00'],
    [STRING, ['😀é "'], '😀é "'],
    [STRING, [''], ''],
    [{ kind: 'oneOf', values: ['a', 'A', ''] }, ['A'], 'A'],
    [LIST, [[1, 2], ['1', '02']], ['1', '2']],
  ])('converts with %p each of %p to one canonical value', (definition, values, canonical) => {
    expect(values.map((value) => canonicalValue(value, definition))).toEqual(values.map(() => canonical));
  });
});

describe('canonicalValue with an invalid value', () => {
  const DIGIT_RULE = 'must be an integer from 0 to 9';
  const DATE_RULE = 'must be a date such as "2015-01-31"';
  const TIMESTAMP_RULE = 'must be a date and a time with a time zone such as "2015-01-31T23:59:59.5Z"';

  it.each<[ValueDefinition | ListDefinition, unknown, string]>([
    ...['', ' 5', '5 ', '+5', '.5', '5.', '5e', '5.5', '1e1', '1e-1', '1e999999999', '0x5', '5n', '٥', 5.5, 10, -1, '10', true, null, [5], {}, NaN, Infinity, new ExactNumber('5.00000000000000000001')]
      .map((value): [ValueDefinition, unknown, string] => [DIGIT, value, DIGIT_RULE]),
    [BIGINT, '9223372036854775808', 'must be an integer from -9223372036854775808 to 9223372036854775807'],
    [BIGINT, '-9223372036854775809', 'must be an integer from -9223372036854775808 to 9223372036854775807'],
    [BIGINT, '9'.repeat(30_000), 'must be an integer from -9223372036854775808 to 9223372036854775807'],
    ...['', '.5', '5.', '1,5', 'NaN', 'Infinity', '1e', '1e999', `0.${'1'.repeat(1000)}`, true, null, [1.5], new ExactNumber('1e999999999')]
      .map((value): [ValueDefinition, unknown, string] => [DECIMAL, value, 'must be a decimal number']),
    [DECIMAL, `1${'0'.repeat(38)}`, 'must have at most 38 digits'],
    [DECIMAL, `0.${'1'.repeat(39)}`, 'must have at most 38 digits'],
    [PRICE, '1.005', 'must have at most 2 digits after the decimal point'],
    [PRICE, 100000, 'must have at most 5 digits before the decimal point'],
    [PRICE, '-1.01', 'must be a decimal number from -1'],
    ...[0, 1, 'TRUE', 't', 'yes', '', null].map((value): [ValueDefinition, unknown, string] => [{ kind: 'boolean' }, value, 'must be true or false']),
    ...['2015-02-30', '2015-02-29', '1900-02-29', '2015-13-01', '2015-00-01', '2015-01-00', '2015-1-1', '0000-01-01', '20150101', '2015-01-01T00:00', '-001-01-01',
      '+02015-01-01', ' 2015-01-01', '2015-01-01\n', 20150101, null].map((value): [ValueDefinition, unknown, string] => [DATE, value, DATE_RULE]),
    [YEAR, '2016-01-01', `${DATE_RULE} from 2015-01-01 to 2015-12-31`],
    [YEAR, '2014-12-31', `${DATE_RULE} from 2015-01-01 to 2015-12-31`],
    ...['2015-02-30 00:00', '2015-01-01 24:00', '2015-01-01 00:60', '2015-01-01 23:59:60', '2015-01-01', '2015-01-01 00', '2015-01-01 00:00:00.1234567',
      '2015-01-01T00:00Z', '2015-12-31 23:59:59.500001', '2015-01-01  00:00'].map((value): [ValueDefinition, unknown, string] =>
      [TIMESTAMP, value, 'must be a date and a time without a time zone such as "2015-01-31 23:59:59.5" up to 2015-12-31 23:59:59.5']),
    ...['2015-01-01 00:00', '2015-01-01 00:00 UTC', '2015-01-01 00:00+1', '2015-01-01 00:00+16:00', '0001-01-01T00:00+01:00', '9999-12-31T23:59-01:00']
      .map((value): [ValueDefinition, unknown, string] => [ZONED_TIMESTAMP, value, TIMESTAMP_RULE]),
    [STRING, 5, 'must be a string'],
    [STRING, ['a'], 'must be a string'],
    [STRING, 'abcde', 'must have 0 to 4 characters, not 5'],
    [STRING, 'a\0', "must not contain the character U+0000 or half of a surrogate pair, which Redshift can't store"],
    [STRING, '\ud83d', "must not contain the character U+0000 or half of a surrogate pair, which Redshift can't store"],
    [{ kind: 'oneOf', values: ['a', 'b'] }, 'c', 'must be one of "a", "b"'],
    [{ kind: 'oneOf', values: Array.from({ length: 1000 }, (_, index) => `${index}`) }, 'c', 'and others'],
    ...[[], [1, 2, 3, 4], 1, '1', { 0: 1, length: 1 }].map((value): [ListDefinition, unknown, string] => [LIST, value, 'must be a list of 1 to 3 values']),
    [LIST, [1, [2]], DIGIT_RULE],
    [LIST, [null], DIGIT_RULE],
  ])('throws with the rule of %p when the value is %p', (definition, value, rule) => {
    expect(() => canonicalValue(value, definition)).toThrow(rule);
  });

  it('throws with the position of the item when a list is invalid', () => {
    expect(() => canonicalValue([1, 2, 'x'], LIST)).toThrow(expect.objectContaining({ item: 3 }));
  });
});

describe('canonicalDecimal', () => {
  const DECIMALS = fc.tuple(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), fc.integer({ min: -20, max: 20 }));

  it('returns one form for all notations of a number', () => {
    fc.assert(fc.property(DECIMALS, fc.nat(5), fc.nat(5), ([digits, exponent], zeros, shift) => {
      const string = canonicalDecimal(`${digits}e${exponent}`)!;
      expect(string).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/);
      expect(canonicalDecimal(string)).toBe(string);
      expect(canonicalDecimal(`${digits}${'0'.repeat(shift)}.${'0'.repeat(zeros + 1)}E${exponent - shift}`)).toBe(string);
      expect(Number(string)).toBe(Number(`${digits}e${exponent}`));
    }));
  });

  it('returns numbers that compareDecimals orders by value', () => {
    fc.assert(fc.property(DECIMALS, DECIMALS, ([one, shift], [other, otherShift]) => {
      const exact = one * 10n ** BigInt(shift + 20) - other * 10n ** BigInt(otherShift + 20);
      expect(compareDecimals(canonicalDecimal(`${one}e${shift}`)!, canonicalDecimal(`${other}e${otherShift}`)!)).toBe(exact < 0n ? -1 : Number(exact > 0n));
    }));
  });
});

it('accepts a date only when it is in the calendar', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }), (year, month, day) => {
    const string = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
    const isAccepted = (() => {
      try {
        return canonicalValue(string, DATE) === string;
      } catch {
        return false;
      }
    })();
    expect(isAccepted).toBe(day >= 1 && day <= days);
  }), { numRuns: 2000 });
});

import { Aws, Token } from 'aws-cdk-lib';
import { QueryParameter } from '../../src';

const NUMBER = Token.asNumber({ Ref: 'Number' });

describe('QueryParameter', () => {
  it.each<[string, QueryParameter, object]>([
    ['a string', QueryParameter.string(), { kind: 'string', minLength: 1, maxLength: 256 }],
    ['a string that can be empty', QueryParameter.string({ minLength: 0, defaultValue: '' }), { kind: 'string', minLength: 0, maxLength: 256, defaultValue: '' }],
    ['a BIGINT', QueryParameter.integer(), { kind: 'integer', min: '-9223372036854775808', max: '9223372036854775807' }],
    ['an integer with a minimum and a maximum', QueryParameter.integer({ min: -1, max: 9, defaultValue: -0 }), { kind: 'integer', min: '-1', max: '9', defaultValue: '0' }],
    ['a decimal number', QueryParameter.decimal(), { kind: 'decimal', precision: 38 }],
    ['a decimal number with limits', QueryParameter.decimal({ precision: 7, scale: 2, min: 0, max: 1e4, defaultValue: 1.50 }),
      { kind: 'decimal', precision: 7, scale: 2, min: '0', max: '10000', defaultValue: '1.5' }],
    ['true or false', QueryParameter.bool({ defaultValue: false, optional: true }), { kind: 'boolean', defaultValue: 'false', optional: true }],
    ['a date', QueryParameter.date({ min: '2015-01-01', max: '2015-12-31' }), { kind: 'date', min: '2015-01-01', max: '2015-12-31' }],
    ['a timestamp', QueryParameter.timestamp({ min: '2015-01-01T00:00' }), { kind: 'timestamp', withTimeZone: false, min: '2015-01-01 00:00:00' }],
    ['a timestamp with a time zone', QueryParameter.timestamp({ withTimeZone: true, max: '2015-01-01T00:00:00+01:00' }),
      { kind: 'timestamp', withTimeZone: true, max: '2014-12-31 23:00:00+00' }],
    ['an integer with limits that JavaScript rounds', QueryParameter.integer({ min: '-9007199254740993', max: '9007199254740993', defaultValue: '9007199254740993' }),
      { kind: 'integer', min: '-9007199254740993', max: '9007199254740993', defaultValue: '9007199254740993' }],
    ['a decimal with limits that JavaScript rounds', QueryParameter.decimal({ min: '0.10', max: '12345678901234567890.12', defaultValue: '0.30' }),
      { kind: 'decimal', precision: 38, min: '0.1', max: '12345678901234567890.12', defaultValue: '0.3' }],
    ['one of several strings', QueryParameter.oneOf(['CMT', 'VTS', ''], { defaultValue: 'CMT' }), { kind: 'oneOf', values: ['CMT', 'VTS', ''], defaultValue: 'CMT' }],
    ['a list', QueryParameter.listOf(QueryParameter.integer({ min: 1, max: 6 }), { maxItems: 6, defaultValue: ['01', '2'] }),
      { kind: 'list', item: { kind: 'integer', min: '1', max: '6' }, minItems: 1, maxItems: 6, defaultValue: ['1', '2'] }],
    ['a string from a claim', QueryParameter.fromClaim('tenant_id'), { kind: 'string', minLength: 1, maxLength: 256, claim: 'tenant_id' }],
    ['a list from a claim', QueryParameter.fromClaim('cognito:groups', QueryParameter.listOf(QueryParameter.oneOf(['a', 'b']), { maxItems: 2 })),
      { kind: 'list', item: { kind: 'oneOf', values: ['a', 'b'] }, minItems: 1, maxItems: 2, claim: 'cognito:groups' }],
  ])('defines %s', (_, { _definition }, definition) => {
    expect(_definition).toEqual(definition);
  });

  it.each<[string, () => QueryParameter, string]>([
    ['the pattern is not a regular expression', () => QueryParameter.string({ pattern: '(' }), "'(' is not a regular expression of JavaScript: "],
    ['the pattern is a token', () => QueryParameter.string({ pattern: Aws.REGION }), 'the pattern of a parameter must be known at synthesis'],
    ['the minimum length is negative', () => QueryParameter.string({ minLength: -1 }), 'minLength is -1: give an integer of at least 0'],
    ['the minimum length exceeds the maximum length', () => QueryParameter.string({ minLength: 5, maxLength: 4 }), 'maxLength is 4: give an integer of at least 5, because minLength is 5'],
    ['the default value is too short', () => QueryParameter.string({ defaultValue: '' }), 'defaultValue is "", but it must have 1 to 256 characters, not 0'],
    ['the default value does not match the pattern', () => QueryParameter.string({ pattern: '^a$', defaultValue: 'b' }), 'defaultValue is "b", but it must match the pattern "^a$"'],
    ['the default value is a token', () => QueryParameter.string({ defaultValue: Aws.REGION }), 'the defaultValue of a parameter must be known at synthesis'],
    ['the minimum of an integer has a fraction', () => QueryParameter.integer({ min: 0.5 }), 'min is 0.5, but it must be an integer from -9223372036854775808 to 9223372036854775807'],
    ['the maximum of an integer is not an exact integer of JavaScript', () => QueryParameter.integer({ max: 2 ** 53 }), 'max is 9007199254740992, which JavaScript rounds beyond 9007199254740991: write its digits as a string'],
    ['the minimum of an integer is not a number', () => QueryParameter.integer({ min: NaN }), 'min is NaN, but it must be an integer'],
    ['the maximum of an integer exceeds BIGINT', () => QueryParameter.integer({ max: '9223372036854775808' }), 'max is "9223372036854775808", but it must be an integer from'],
    ['the maximum of a decimal is a string without digits', () => QueryParameter.decimal({ max: 'x' }), "max is 'x', but must be a decimal number"],
    ['the minimum of an integer exceeds its maximum', () => QueryParameter.integer({ min: 10, max: 9 }), 'min is 10, but max is 9: give a min of at most max'],
    ['the default value of an integer exceeds its maximum', () => QueryParameter.integer({ min: 1, max: 10, defaultValue: 11 }), 'defaultValue is "11", but it must be an integer from 1 to 10'],
    ['a minimum is a token', () => QueryParameter.integer({ min: NUMBER }), 'the min of a parameter must be known at synthesis'],
    ['the precision is 0', () => QueryParameter.decimal({ precision: 0 }), 'precision is 0: give an integer from 1 to 38'],
    ['the scale exceeds the precision', () => QueryParameter.decimal({ precision: 2, scale: 3 }), 'scale is 3: give an integer from 0 to 2, because precision is 2'],
    ['the scale exceeds the maximum of Redshift', () => QueryParameter.decimal({ scale: 38 }), 'scale is 38: give an integer from 0 to 37'],
    ['the minimum of a decimal is not a number', () => QueryParameter.decimal({ min: NaN }), 'min is NaN, but must be a decimal number'],
    ['the minimum of a decimal exceeds its maximum', () => QueryParameter.decimal({ min: 0.1, max: 0.09 }), 'min is 0.1, but max is 0.09'],
    ['the default value of a decimal has too many digits', () => QueryParameter.decimal({ scale: 1, defaultValue: 0.25 }), 'defaultValue is "0.25", but it must have at most 1 digit after the decimal point'],
    ['a minimum is not a date', () => QueryParameter.date({ min: '2015-02-30' }), 'min is "2015-02-30", but it must be a date such as "2015-01-31"'],
    ['the first date is after the last date', () => QueryParameter.date({ min: '2015-02-02', max: '2015-02-01' }), 'min is 2015-02-02, but max is 2015-02-01'],
    ['the default value is after the last date', () => QueryParameter.date({ max: '2015-02-01', defaultValue: '2015-02-02' }), 'it must be a date such as "2015-01-31" up to 2015-02-01'],
    ['the first timestamp has no time zone, but withTimeZone is true', () => QueryParameter.timestamp({ withTimeZone: true, min: '2015-01-01T00:00' }), 'it must be a date and a time with a time zone'],
    ['oneOf has no values', () => QueryParameter.oneOf([]), 'the values of oneOf must be known at synthesis, and at least one'],
    ['a value of oneOf is a token', () => QueryParameter.oneOf([Aws.REGION]), 'the values of oneOf must be known at synthesis'],
    ['oneOf has a duplicate', () => QueryParameter.oneOf(['a', 'b', 'a']), "the value 'a' of oneOf is a duplicate: remove it"],
    ['the default value is not one of the values', () => QueryParameter.oneOf(['a', 'b'], { defaultValue: 'c' }), 'defaultValue is "c", but it must be one of "a", "b"'],
    ['the minimum number of items is 0', () => QueryParameter.listOf(QueryParameter.date(), { minItems: 0 }), 'minItems is 0: give an integer of at least 1'],
    ['the maximum number of items exceeds 1,000', () => QueryParameter.listOf(QueryParameter.date(), { maxItems: 1001 }), 'maxItems is 1001: give an integer from 1 to 1000'],
    ['the minimum number of items exceeds the maximum', () => QueryParameter.listOf(QueryParameter.date(), { minItems: 3, maxItems: 2 }), 'maxItems is 2: give an integer from 3 to 1000, because minItems is 3'],
    ['an item of the default value is invalid', () => QueryParameter.listOf(QueryParameter.integer(), { defaultValue: ['1', 'x'] }), 'defaultValue is ["1","x"], but its item 2 must be an integer'],
    ['the item of a list is a list', () => QueryParameter.listOf(QueryParameter.listOf(QueryParameter.date())), 'an item of a list must not be a list, be optional or have a default value: set these options on the list'],
    ['the item of a list is optional', () => QueryParameter.listOf(QueryParameter.date({ optional: true })), 'must not be a list, be optional or have a default value'],
    ['the item of a list has a default value', () => QueryParameter.listOf(QueryParameter.bool({ defaultValue: false })), 'must not be a list, be optional or have a default value'],
    ['the claim is empty', () => QueryParameter.fromClaim(''), 'claim is \'\': give the name of a claim, such as \'sub\''],
    ['the claim is a token', () => QueryParameter.fromClaim(Aws.REGION), 'the claim of a parameter must be known at synthesis'],
    ['the value of a claim is optional', () => QueryParameter.fromClaim('sub', QueryParameter.string({ optional: true })), "the value of the claim 'sub' must not be optional, have a default value or come from a claim"],
    ['the value of a claim has a default value', () => QueryParameter.fromClaim('sub', QueryParameter.string({ defaultValue: 'x' })), "the value of the claim 'sub' must not be optional, have a default value or come from a claim"],
    ['the value of a claim comes from a claim', () => QueryParameter.fromClaim('sub', QueryParameter.fromClaim('tenant_id')), 'must not be optional, have a default value or come from a claim'],
    ['the item of a list comes from a claim', () => QueryParameter.listOf(QueryParameter.fromClaim('groups')), "write fromClaim('groups', listOf(…)) for a claim that is a list"],
  ])('throws when %s', (_, define, message) => {
    expect(define).toThrow(message);
  });

  it.each([
    ['\\A', '^ab\\A', 'write ^'],
    ['\\Z', '[0-9]\\Z', 'write $'],
    ['\\z', '[0-9]\\z', 'write $'],
    ['\\p', '^\\p{L}+$', 'list the characters, as in [A-Za-z]'],
    ['\\P', '[\\P{L}]', 'list the other characters, as in [^A-Za-z]'],
    ['\\h', '\\h', 'write [ \\t]'],
    ['\\u', '\\u{1F600}', 'write the character itself, or \\u and four hexadecimal digits'],
    ['\\x', '\\x{41}', 'write \\x and two hexadecimal digits'],
    ['\\e', '\\e', 'write e without the backslash for the letter'],
    ['[:digit:]', '[[:digit:]]+', 'list the characters, as in [0-9]'],
  ])('throws with the place and the fix when a pattern has %s', (syntax, pattern, fix) => {
    const column = pattern.indexOf(syntax);
    expect(() => QueryParameter.string({ pattern })).toThrow(new Error(
      `the pattern has ${syntax}, which JavaScript does not support without flags: ${fix}\n`
      + `in pattern, line 1, column ${column + 1}:\n    ${pattern}\n    ${' '.repeat(column)}^`,
    ));
  });

  it.each([
    '^\\d{4}-\\d{2}$', '\\bA\\b\\B', '[\\w.-]+', '\\\\A', '\\s\\S\\D\\W', '\\t\\n\\r\\f\\v\\0', '\\x41\\u0041\\cA', '(a)\\1', '(?<year>\\d)\\k<year>', '\\$\\^\\.\\/\\-\\é',
  ])('accepts the pattern %s', (pattern) => {
    expect(QueryParameter.string({ pattern })._definition).toMatchObject({ pattern });
  });
});

import { Aws, Token } from 'aws-cdk-lib';
import { QueryParameter } from '../src';

const NUMBER = Token.asNumber({ Ref: 'Number' });

describe('a parameter is defined by', () => {
  test.each<[string, QueryParameter, object]>([
    ['a text', QueryParameter.string(), { kind: 'string', minLength: 1, maxLength: 256 }],
    ['a text that may be empty', QueryParameter.string({ minLength: 0, defaultValue: '' }), { kind: 'string', minLength: 0, maxLength: 256, defaultValue: '' }],
    ['a BIGINT', QueryParameter.integer(), { kind: 'integer', min: '-9223372036854775808', max: '9223372036854775807' }],
    ['a whole number between bounds', QueryParameter.integer({ min: -1, max: 9, defaultValue: -0 }), { kind: 'integer', min: '-1', max: '9', defaultValue: '0' }],
    ['a decimal number', QueryParameter.decimal(), { kind: 'decimal', precision: 38 }],
    ['a price', QueryParameter.decimal({ precision: 7, scale: 2, min: 0, max: 1e4, defaultValue: 1.50 }),
      { kind: 'decimal', precision: 7, scale: 2, min: '0', max: '10000', defaultValue: '1.5' }],
    ['true or false', QueryParameter.bool({ defaultValue: false, optional: true }), { kind: 'boolean', defaultValue: 'false', optional: true }],
    ['a day', QueryParameter.date({ min: '2015-01-01', max: '2015-12-31' }), { kind: 'date', min: '2015-01-01', max: '2015-12-31' }],
    ['a moment', QueryParameter.timestamp({ min: '2015-01-01T00:00' }), { kind: 'timestamp', withTimeZone: false, min: '2015-01-01 00:00:00' }],
    ['a moment with a time zone', QueryParameter.timestamp({ withTimeZone: true, max: '2015-01-01T00:00:00+01:00' }),
      { kind: 'timestamp', withTimeZone: true, max: '2014-12-31 23:00:00+00' }],
    ['one of some texts', QueryParameter.oneOf(['CMT', 'VTS', ''], { defaultValue: 'CMT' }), { kind: 'oneOf', values: ['CMT', 'VTS', ''], defaultValue: 'CMT' }],
    ['a list', QueryParameter.listOf(QueryParameter.integer({ min: 1, max: 6 }), { maxItems: 6, defaultValue: ['01', '2'] }),
      { kind: 'list', item: { kind: 'integer', min: '1', max: '6' }, minItems: 1, maxItems: 6, defaultValue: ['1', '2'] }],
    ['a text that a claim gives', QueryParameter.fromClaim('tenant_id'), { kind: 'string', minLength: 1, maxLength: 256, claim: 'tenant_id' }],
    ['a list that a claim gives', QueryParameter.fromClaim('cognito:groups', QueryParameter.listOf(QueryParameter.oneOf(['a', 'b']), { maxItems: 2 })),
      { kind: 'list', item: { kind: 'oneOf', values: ['a', 'b'] }, minItems: 1, maxItems: 2, claim: 'cognito:groups' }],
  ])('%s', (_, { _definition }, definition) => {
    expect(_definition).toEqual(definition);
  });
});

describe('a parameter fails when', () => {
  test.each<[string, () => QueryParameter, string]>([
    ['its pattern is no regular expression', () => QueryParameter.string({ pattern: '(' }), "'(' is not a regular expression: "],
    ['its pattern is a token', () => QueryParameter.string({ pattern: Aws.REGION }), 'the pattern of a parameter must be known at synthesis'],
    ['it has fewer than no characters', () => QueryParameter.string({ minLength: -1 }), 'minLength is -1: give a whole number of at least 0'],
    ['its lengths are crossed', () => QueryParameter.string({ minLength: 5, maxLength: 4 }), 'maxLength is 4: give a whole number of at least 5, since minLength is 5'],
    ['its default is too short', () => QueryParameter.string({ defaultValue: '' }), 'defaultValue is "", but it must have 1 to 256 characters, not 0'],
    ['its default does not match', () => QueryParameter.string({ pattern: '^a$', defaultValue: 'b' }), 'defaultValue is "b", but it must match the pattern "^a$"'],
    ['its default is a token', () => QueryParameter.string({ defaultValue: Aws.REGION }), 'the defaultValue of a parameter must be known at synthesis'],
    ['an integer has a fraction', () => QueryParameter.integer({ min: 0.5 }), 'min is 0.5, but must be a whole number from -9007199254740991 to 9007199254740991; leave it out for all of BIGINT'],
    ['an integer is not exact', () => QueryParameter.integer({ max: 2 ** 53 }), 'max is 9007199254740992, but must be a whole number'],
    ['the bounds of an integer are crossed', () => QueryParameter.integer({ min: 10, max: 9 }), 'min is 10, but max is 9: no value lies between them'],
    ['the default of an integer is out of bounds', () => QueryParameter.integer({ min: 1, max: 10, defaultValue: 11 }), 'defaultValue is "11", but it must be an integer from 1 to 10'],
    ['a bound is a token', () => QueryParameter.integer({ min: NUMBER }), 'the min of a parameter must be known at synthesis'],
    ['a decimal has no digits', () => QueryParameter.decimal({ precision: 0 }), 'precision is 0: give a whole number from 1 to 38'],
    ['a decimal has more digits after the point than altogether', () => QueryParameter.decimal({ precision: 2, scale: 3 }), 'scale is 3: give a whole number from 0 to 2, since precision is 2'],
    ['a decimal has more digits after the point than Redshift', () => QueryParameter.decimal({ scale: 38 }), 'scale is 38: give a whole number from 0 to 37'],
    ['a bound of a decimal is no number', () => QueryParameter.decimal({ min: NaN }), 'min is NaN, but must be a decimal number'],
    ['the bounds of a decimal are crossed', () => QueryParameter.decimal({ min: 0.1, max: 0.09 }), 'min is 0.1, but max is 0.09'],
    ['the default of a decimal would be rounded', () => QueryParameter.decimal({ scale: 1, defaultValue: 0.25 }), 'defaultValue is "0.25", but it must have at most 1 digit after the point'],
    ['a bound is no day', () => QueryParameter.date({ min: '2015-02-30' }), 'min is "2015-02-30", but it must be a day such as "2015-01-31"'],
    ['the bounds of a day are crossed', () => QueryParameter.date({ min: '2015-02-02', max: '2015-02-01' }), 'min is 2015-02-02, but max is 2015-02-01'],
    ['the default of a day is out of bounds', () => QueryParameter.date({ max: '2015-02-01', defaultValue: '2015-02-02' }), 'it must be a day such as "2015-01-31" up to 2015-02-01'],
    ['a bound lacks its time zone', () => QueryParameter.timestamp({ withTimeZone: true, min: '2015-01-01T00:00' }), 'it must be a date and a time with a time zone'],
    ['it is one of nothing', () => QueryParameter.oneOf([]), 'the values of oneOf must be known at synthesis, and at least one'],
    ['it is one of a token', () => QueryParameter.oneOf([Aws.REGION]), 'the values of oneOf must be known at synthesis'],
    ['a value is given twice', () => QueryParameter.oneOf(['a', 'b', 'a']), "the value 'a' of oneOf is given twice"],
    ['the default is not one of the values', () => QueryParameter.oneOf(['a', 'b'], { defaultValue: 'c' }), 'defaultValue is "c", but it must be one of "a", "b"'],
    ['a list may be empty', () => QueryParameter.listOf(QueryParameter.date(), { minItems: 0 }), 'minItems is 0: give a whole number of at least 1'],
    ['a list is a table', () => QueryParameter.listOf(QueryParameter.date(), { maxItems: 1001 }), 'maxItems is 1001: give a whole number from 1 to 1000'],
    ['the lengths of a list are crossed', () => QueryParameter.listOf(QueryParameter.date(), { minItems: 3, maxItems: 2 }), 'maxItems is 2: give a whole number from 3 to 1000, since minItems is 3'],
    ['an item of the default is wrong', () => QueryParameter.listOf(QueryParameter.integer(), { defaultValue: ['1', 'x'] }), 'defaultValue is ["1","x"], but its item 2 must be an integer'],
    ['a list holds lists', () => QueryParameter.listOf(QueryParameter.listOf(QueryParameter.date())), 'an item of a list can be no list'],
    ['an item is optional', () => QueryParameter.listOf(QueryParameter.date({ optional: true })), 'neither optional nor have a default'],
    ['an item has a default', () => QueryParameter.listOf(QueryParameter.bool({ defaultValue: false })), 'neither optional nor have a default'],
    ['its claim has no name', () => QueryParameter.fromClaim(''), 'the claim of a parameter is empty: name one, such as sub'],
    ['its claim is a token', () => QueryParameter.fromClaim(Aws.REGION), 'the claim of a parameter must be known at synthesis'],
    ['a claim is optional', () => QueryParameter.fromClaim('sub', QueryParameter.string({ optional: true })), "the value of the claim 'sub' can be neither optional nor have a default"],
    ['a claim has a default', () => QueryParameter.fromClaim('sub', QueryParameter.string({ defaultValue: 'x' })), "the value of the claim 'sub' can be neither optional nor have a default"],
    ['a claim comes from a claim', () => QueryParameter.fromClaim('sub', QueryParameter.fromClaim('tenant_id')), 'nor come from a claim itself'],
    ['an item comes from a claim', () => QueryParameter.listOf(QueryParameter.fromClaim('groups')), "write fromClaim('groups', listOf(…)) for a claim that is a list"],
  ])('%s', (_, define, message) => {
    expect(define).toThrow(message);
  });
});

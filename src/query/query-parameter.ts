import { Token } from 'aws-cdk-lib';
import type {
  BooleanParameterOptions,
  DateParameterOptions,
  DecimalParameterOptions,
  IntegerParameterOptions,
  ListParameterOptions,
  OneOfParameterOptions,
  ParameterOptions,
  StringParameterOptions,
  TimestampParameterOptions,
} from './query-parameter-options';
import {
  allowMissing, checkForList, checkForObject, describeValue, requireBoolean, requireParameter, requireString, requireValid,
} from '../cdk/prop-checks';
import { canonicalDecimal, compareDecimals } from '../shared/decimal';
import { canonicalValue, compareStrings, InvalidValueError } from '../shared/parameter-value';
import type { ListDefinition, ParameterDefinition, ValueDefinition } from '../shared/query-definitions';

/** The characters of the longest text when nothing else is said. */
const DEFAULT_MAX_LENGTH = 256;

/** @see https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html */
const BIGINT = { min: '-9223372036854775808', max: '9223372036854775807' };
const MAX_PRECISION = 38;
const MAX_SCALE = 37;

const DEFAULT_MAX_ITEMS = 100;

/** A list of more is a table, and belongs in one. */
const MAX_ITEMS = 1000;

const requireOptions = checkForObject('give an object with options, such as { optional: true }');

const requireValues = checkForList(requireString, "give a list of strings, such as oneOf(['asc', 'desc'])");

/**
 * A parameter that the client gives a value for, and the SQL template names with a colon, such as `:trip_month`.
 *
 * Redshift gets every value as a text beside the statement, so cast it in the SQL where that is needed: `CAST(:day AS DATE)`. Only NULL, the empty text
 * and the length of a list, which the Redshift Data API cannot bind, become a part of the statement: as `NULL`, as `''`, and as so many placeholders.
 */
export class QueryParameter {
  /**
   * A text.
   *
   * @param options what texts are accepted
   */
  public static string(options: StringParameterOptions = {}): QueryParameter {
    const { minLength = 1, maxLength = DEFAULT_MAX_LENGTH, pattern } = known(options);
    requireWhole('minLength', minLength, 0);
    requireWhole('maxLength', maxLength, minLength, Infinity, `minLength is ${minLength}`);
    validatePattern(pattern);
    return QueryParameter.of({ kind: 'string', minLength, maxLength, ...(pattern === undefined ? {} : { pattern }) }, options, options.defaultValue);
  }

  /**
   * A whole number: SMALLINT, INTEGER or BIGINT. The client gives a number, or a string of one, which keeps integers beyond 2^53 exact.
   *
   * @param options what numbers are accepted
   */
  public static integer(options: IntegerParameterOptions = {}): QueryParameter {
    const { min = BIGINT.min, max = BIGINT.max } = bounds(known(options), exactInteger, compareDecimals);
    const { defaultValue } = options;
    return QueryParameter.of({ kind: 'integer', min, max }, options, defaultValue === undefined ? undefined : exactInteger('defaultValue', defaultValue));
  }

  /**
   * A decimal number: DECIMAL. The client gives a number, or a text such as `"0.10"`; no digit of either is rounded.
   *
   * @param options what numbers are accepted
   */
  public static decimal(options: DecimalParameterOptions = {}): QueryParameter {
    const { precision = MAX_PRECISION, scale } = known(options);
    requireWhole('precision', precision, 1, MAX_PRECISION);
    requireWhole('scale', scale ?? 0, 0, Math.min(precision, MAX_SCALE), `precision is ${precision}`);
    const { defaultValue } = options;
    const definition = { kind: 'decimal' as const, precision, ...(scale === undefined ? {} : { scale }), ...bounds(options, exactDecimal, compareDecimals) };
    return QueryParameter.of(definition, options, defaultValue === undefined ? undefined : exactDecimal('defaultValue', defaultValue));
  }

  /**
   * True or false: BOOLEAN.
   *
   * @param options whether it may be left out
   */
  public static bool(options: BooleanParameterOptions = {}): QueryParameter {
    return QueryParameter.of({ kind: 'boolean' }, known(options), options.defaultValue);
  }

  /**
   * A day of the calendar from 0001-01-01 to 9999-12-31, as `2015-01-31`: DATE.
   *
   * @param options what days are accepted
   */
  public static date(options: DateParameterOptions = {}): QueryParameter {
    const definition = { kind: 'date' as const };
    const day = (name: string, text: string) => canonicalOption(name, text, definition) as string;
    return QueryParameter.of({ ...definition, ...bounds(known(options), day, compareStrings) }, options, options.defaultValue);
  }

  /**
   * A moment, with at most six digits of a second, as `2015-01-31 23:59:59.123456`: TIMESTAMP, or TIMESTAMPTZ with `withTimeZone`.
   *
   * @param options what moments are accepted
   */
  public static timestamp(options: TimestampParameterOptions = {}): QueryParameter {
    const { withTimeZone = false } = known(options);
    requireBoolean('withTimeZone', withTimeZone);
    const definition = { kind: 'timestamp' as const, withTimeZone };
    const moment = (name: string, text: string) => canonicalOption(name, text, definition) as string;
    return QueryParameter.of({ ...definition, ...bounds(options, moment, compareStrings) }, options, options.defaultValue);
  }

  /**
   * One of some texts.
   *
   * @param values the texts that are accepted
   * @param options whether it may be left out
   */
  public static oneOf(values: string[], options: OneOfParameterOptions = {}): QueryParameter {
    requireValues('values', values);
    if (values.length === 0 || values.some((value) => Token.isUnresolved(value))) {
      throw new Error('the values of oneOf must be known at synthesis, and at least one: write them out');
    }
    const twice = values.find((value, index) => values.indexOf(value) < index);
    if (twice !== undefined) {
      throw new Error(`the value '${twice}' of oneOf is given twice: leave one of them out`);
    }
    values.forEach((value) => canonicalOption('a value of oneOf', value, { kind: 'string', minLength: 0, maxLength: Infinity }));
    return QueryParameter.of({ kind: 'oneOf', values }, known(options), options.defaultValue);
  }

  /**
   * A list of values, for `IN (:zones)`. In the address of a connection its key is repeated: `?zones=a&zones=b`.
   *
   * An optional list that is left out is one NULL, which is in no list: `zone IN (NULL)` finds nothing.
   *
   * @param item what each value must be; it can be no list, and is never optional
   * @param options how many values are accepted
   */
  public static listOf(item: QueryParameter, options: ListParameterOptions = {}): QueryParameter {
    const { minItems = 1, maxItems = DEFAULT_MAX_ITEMS } = known(options);
    requireParameter('item', item);
    const { optional, defaultValue, claim, ...definition } = item._definition;
    if (claim !== undefined) {
      throw new Error(`an item of a list cannot come from the claim '${claim}': write fromClaim('${claim}', listOf(…)) for a claim that is a list`);
    }
    if (definition.kind === 'list' || optional || defaultValue !== undefined) {
      throw new Error('an item of a list can be no list, and neither optional nor have a default: say that of the list');
    }
    requireWhole('minItems', minItems, 1);
    requireWhole('maxItems', maxItems, minItems, MAX_ITEMS, `minItems is ${minItems}`);
    return QueryParameter.of({ kind: 'list', item: definition as ValueDefinition, minItems, maxItems }, options, options.defaultValue);
  }

  /**
   * What a claim of the caller's sign-in says, which proves it: a client can neither name this parameter nor override it, and shares results only with those
   * whose claim says the same. A caller without the claim, or with one that is not accepted, is refused the query.
   *
   * Which claims there are depends on the access: those of the token or the ticket; what a Lambda authorizer of your own puts into its context, a list as JSON;
   * `accountId`, `caller`, `user` and `userArn` with IAM; none with `ConnectionAccess.open()`, where this fails. Numbers and booleans count as their texts.
   *
   * @param claim the name of the claim, such as `sub`, `tenant_id` or `cognito:groups`
   * @param value what the claim must be, such as a text of a pattern or a list; neither optional nor with a default. Left out, a text: `QueryParameter.string()`
   */
  public static fromClaim(claim: string, value: QueryParameter = QueryParameter.string()): QueryParameter {
    requireString('claim', claim);
    requireKnown('claim', claim);
    requireParameter('value', value);
    if (claim === '') {
      throw new Error('the claim of a parameter is empty: name one, such as sub');
    }
    const { optional, defaultValue, claim: other, ...definition } = value._definition;
    if (optional || defaultValue !== undefined || other !== undefined) {
      throw new Error(`the value of the claim '${claim}' can be neither optional nor have a default, nor come from a claim itself: a caller without the claim is refused`);
    }
    return new QueryParameter({ ...definition as ValueDefinition | ListDefinition, claim });
  }

  private static of(definition: ValueDefinition | ListDefinition, { optional }: ParameterOptions, defaultValue?: unknown): QueryParameter {
    return new QueryParameter({
      ...definition,
      ...(optional ? { optional } : {}),
      ...(defaultValue === undefined ? {} : { defaultValue: canonicalOption('defaultValue', defaultValue, definition) }),
    });
  }

  private constructor(
    /**
     * @internal
     */
    public readonly _definition: ParameterDefinition,
  ) {}
}

/** The functions read the definitions from a file that is written at synthesis. */
function known<T extends ParameterOptions>(options: T): T {
  requireOptions('options', options);
  Object.entries(options).forEach(([name, value]) => requireKnown(name, value));
  allowMissing(requireBoolean)('optional', options.optional);
  return options;
}

function requireKnown(name: string, value: unknown): void {
  if ([value].flat().some((each) => Token.isUnresolved(each))) {
    throw new Error(`the ${name} of a parameter must be known at synthesis, but is a token: write it out`);
  }
}

interface Bounds<T> {
  readonly min?: T;
  readonly max?: T;
}

function bounds<T>(
  { min: least, max: greatest }: Bounds<T>, canonical: (name: string, bound: T) => string, compare: (one: string, other: string) => number,
): Bounds<string> {
  const min = least === undefined ? undefined : canonical('min', least);
  const max = greatest === undefined ? undefined : canonical('max', greatest);
  if (min !== undefined && max !== undefined && compare(min, max) > 0) {
    throw new Error(`min is ${min}, but max is ${max}: no value lies between them`);
  }
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

function exactInteger(name: string, value: number): string {
  if (!Number.isSafeInteger(value)) {
    throw new Error(`${name} is ${describeValue(value)}, but must be a whole number from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}; leave it out for all of BIGINT`);
  }
  return String(value);
}

function exactDecimal(name: string, value: number): string {
  const decimal = canonicalDecimal(String(value));
  if (decimal === undefined) {
    throw new Error(`${name} is ${describeValue(value)}, but must be a decimal number`);
  }
  return decimal;
}

function canonicalOption(name: string, value: unknown, definition: ValueDefinition | ListDefinition): string | readonly string[] {
  try {
    return canonicalValue(value, definition);
  } catch (error) {
    if (error instanceof InvalidValueError) {
      throw new Error(`${name} is ${JSON.stringify(value)}, but ${error.item === undefined ? 'it' : `its item ${error.item}`} ${error.message}`);
    }
    throw error;
  }
}

function requireWhole(name: string, value: number, least: number, most = Infinity, since?: string): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    const rule = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new Error(`${name} is ${describeValue(value)}: give a whole number ${rule}${since === undefined ? '' : `, since ${since}`}`);
  }
}

function validatePattern(pattern?: string): void {
  requireValid(pattern === undefined || typeof pattern === 'string', 'pattern', pattern, "give its source as a string, such as '^[A-Z]{3}$'");
  try {
    new RegExp(pattern ?? '');
  } catch (error) {
    throw new Error(`'${pattern}' is not a regular expression: ${(error as Error).message}`);
  }
}

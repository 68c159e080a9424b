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
  BIGINT, canonicalOption, exactDecimal, exactInteger, knownOptions, limits, requireInteger, requireKnown, validatePattern,
} from './query-parameter-validation';
import { checkForList, requireBoolean, requireParameter, requireString } from '../cdk/prop-checks';
import { compareDecimals } from '../shared/decimal';
import { compareStrings } from '../shared/parameter-value';
import type { ListDefinition, ParameterDefinition, ValueDefinition } from '../shared/query-definitions';

/** In characters. */
const DEFAULT_MAX_LENGTH = 256;

/** @see https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html */
const MAX_PRECISION = 38;
const MAX_SCALE = 37;

const DEFAULT_MAX_ITEMS = 100;

/** Longer lists belong in a table. */
const MAX_ITEMS = 1000;

const requireValues = checkForList(requireString, "give a list of strings, such as oneOf(['asc', 'desc'])");

/**
 * A parameter of a query. A client sends its value, and the SQL template has a placeholder with a colon and its name, such as `:trip_month`.
 *
 * Redshift receives each value as a string, separate from the statement: cast it in the SQL if necessary, as in `CAST(:day AS DATE)`. The Redshift
 * Data API can't bind NULL, empty strings and lists. The statement contains `NULL`, `''`, or one placeholder for each value of a list instead.
 *
 * @example
 * const parameters = {
 *   trip_month: QueryParameter.string({ pattern: "^[0-9]{4}-[0-9]{2}$" }),
 *   zones: QueryParameter.listOf(QueryParameter.integer({ min: 1, max: 265 }), { optional: true }),
 * };
 */
export class QueryParameter {
  /**
   * A string. It can't contain the character U+0000 or half of a surrogate pair, which Redshift can't store.
   *
   * Throws if an option is invalid.
   *
   * @example
   * const month = QueryParameter.string({ pattern: "^[0-9]{4}-[0-9]{2}$", maxLength: 7 });
   *
   * @param options constraints and default value
   * @returns the parameter
   */
  public static string(options: StringParameterOptions = {}): QueryParameter {
    const { minLength = 1, maxLength = DEFAULT_MAX_LENGTH, pattern } = knownOptions(options);
    requireInteger('minLength', minLength, 0);
    requireInteger('maxLength', maxLength, minLength, Infinity, `minLength is ${minLength}`);
    validatePattern(pattern);
    return QueryParameter.of({ kind: 'string', minLength, maxLength, ...(pattern === undefined ? {} : { pattern }) }, options, options.defaultValue);
  }

  /**
   * An integer, for SMALLINT, INTEGER and BIGINT. The client sends a number or a string: integers beyond 2^53 must be strings to be exact.
   *
   * Throws if an option is invalid.
   *
   * @example
   * const passengers = QueryParameter.integer({ min: 1, max: 6, defaultValue: 1 });
   *
   * @param options constraints and default value
   * @returns the parameter
   */
  public static integer(options: IntegerParameterOptions = {}): QueryParameter {
    const { min = BIGINT.min, max = BIGINT.max } = limits(knownOptions(options), exactInteger, compareDecimals);
    const { defaultValue } = options;
    return QueryParameter.of({ kind: 'integer', min, max }, options, defaultValue === undefined ? undefined : exactInteger('defaultValue', defaultValue));
  }

  /**
   * A decimal number, for DECIMAL. The client sends a number or a string such as `"0.10"`; no digit is rounded.
   *
   * Throws if an option is invalid.
   *
   * @example
   * const fare = QueryParameter.decimal({ precision: 8, scale: 2, min: 0 });
   *
   * @param options constraints and default value
   * @returns the parameter
   */
  public static decimal(options: DecimalParameterOptions = {}): QueryParameter {
    const { precision = MAX_PRECISION, scale } = knownOptions(options);
    requireInteger('precision', precision, 1, MAX_PRECISION);
    requireInteger('scale', scale ?? 0, 0, Math.min(precision, MAX_SCALE), `precision is ${precision}`);
    const { defaultValue } = options;
    const definition = { kind: 'decimal' as const, precision, ...(scale === undefined ? {} : { scale }), ...limits(options, exactDecimal, compareDecimals) };
    return QueryParameter.of(definition, options, defaultValue === undefined ? undefined : exactDecimal('defaultValue', defaultValue));
  }

  /**
   * True or false, for BOOLEAN.
   *
   * @example
   * const includeTips = QueryParameter.bool({ defaultValue: false });
   *
   * @param options default value
   * @returns the parameter
   */
  public static bool(options: BooleanParameterOptions = {}): QueryParameter {
    return QueryParameter.of({ kind: 'boolean' }, knownOptions(options), options.defaultValue);
  }

  /**
   * A date from 0001-01-01 to 9999-12-31, inclusive, such as `2015-01-31`, for DATE.
   *
   * Throws if an option is invalid.
   *
   * @example
   * const day = QueryParameter.date({ min: '2009-01-01', max: '2015-12-31' });
   *
   * @param options constraints and default value
   * @returns the parameter
   */
  public static date(options: DateParameterOptions = {}): QueryParameter {
    const definition = { kind: 'date' as const };
    const day = (name: string, string: string) => canonicalOption(name, string, definition) as string;
    return QueryParameter.of({ ...definition, ...limits(knownOptions(options), day, compareStrings) }, options, options.defaultValue);
  }

  /**
   * A timestamp with at most 6 digits of a second, such as `2015-01-31 23:59:59.123456`: for TIMESTAMP, or with `withTimeZone` for TIMESTAMPTZ. From
   * 0001-01-01 00:00:00 to 9999-12-31 23:59:59.999999, inclusive. The offset of a time zone is at most 15:59 hours.
   *
   * Throws if an option is invalid.
   *
   * @example
   * const since = QueryParameter.timestamp({ withTimeZone: true, min: '2009-01-01T00:00:00Z' });
   *
   * @param options constraints and default value
   * @returns the parameter
   */
  public static timestamp(options: TimestampParameterOptions = {}): QueryParameter {
    const { withTimeZone = false } = knownOptions(options);
    requireBoolean('withTimeZone', withTimeZone);
    const definition = { kind: 'timestamp' as const, withTimeZone };
    const canonicalTimestamp = (name: string, string: string) => canonicalOption(name, string, definition) as string;
    return QueryParameter.of({ ...definition, ...limits(options, canonicalTimestamp, compareStrings) }, options, options.defaultValue);
  }

  /**
   * One of several strings.
   *
   * Throws if the list of strings is empty, has a duplicate or contains a token.
   *
   * @example
   * const vendor = QueryParameter.oneOf(['CMT', 'VTS'], { defaultValue: 'CMT' });
   *
   * @param values accepted strings
   * @param options default value
   * @returns the parameter
   */
  public static oneOf(values: string[], options: OneOfParameterOptions = {}): QueryParameter {
    requireValues('values', values);
    if (values.length === 0 || values.some((value) => Token.isUnresolved(value))) {
      throw new Error('the values of oneOf must be known at synthesis, and at least one: write them out');
    }
    const duplicate = values.find((value, index) => values.indexOf(value) < index);
    if (duplicate !== undefined) {
      throw new Error(`the value '${duplicate}' of oneOf is a duplicate: remove it`);
    }
    values.forEach((value) => canonicalOption('a value of oneOf', value, { kind: 'string', minLength: 0, maxLength: Infinity }));
    return QueryParameter.of({ kind: 'oneOf', values }, knownOptions(options), options.defaultValue);
  }

  /**
   * A list of values, for `IN (:zones)`. In the URL of a connection, the client repeats the key: `?zones=1&zones=2`.
   *
   * An omitted optional list is one NULL, which no value equals: `zone IN (NULL)` returns no rows.
   *
   * Throws if the item is a list, is optional, has a default value or comes from a claim, or if an option is invalid.
   *
   * @example
   * const zones = QueryParameter.listOf(QueryParameter.integer({ min: 1, max: 265 }), { maxItems: 20 });
   *
   * @param item constraints of each value
   * @param options number of values, and default value
   * @returns the parameter
   */
  public static listOf(item: QueryParameter, options: ListParameterOptions = {}): QueryParameter {
    const { minItems = 1, maxItems = DEFAULT_MAX_ITEMS } = knownOptions(options);
    requireParameter('item', item);
    const { optional, defaultValue, claim, ...definition } = item._definition;
    if (claim !== undefined) {
      throw new Error(`an item of a list cannot come from the claim '${claim}': write fromClaim('${claim}', listOf(…)) for a claim that is a list`);
    }
    if (definition.kind === 'list' || optional || defaultValue !== undefined) {
      throw new Error('an item of a list must not be a list, be optional or have a default value: set these options on the list');
    }
    requireInteger('minItems', minItems, 1);
    requireInteger('maxItems', maxItems, minItems, MAX_ITEMS, `minItems is ${minItems}`);
    return QueryParameter.of({ kind: 'list', item: definition as ValueDefinition, minItems, maxItems }, options, options.defaultValue);
  }

  /**
   * A value from a verified claim of the caller. A client can neither send nor override this parameter, and shares results only with callers that
   * have the same claim value. If the claim is missing or its value is invalid, the query is rejected.
   *
   * The available claims depend on `access`: those of the token or the ticket; the context of a Lambda authorizer, in which a list is JSON; or
   * `accountId`, `caller`, `user` and `userArn` with IAM. Numbers and booleans are converted to strings. All claims that queries use together can
   * have at most 4,096 bytes as JSON; a token or ticket with more is rejected.
   *
   * Throws if the claim is empty, or if `value` is optional, has a default value or comes from a claim itself. The construct throws if its access has
   * no such claim, as with `ConnectionAccess.open()`.
   *
   * @example
   * const tenant = QueryParameter.fromClaim('tenant_id', QueryParameter.string({ pattern: "^[a-z0-9-]+$" }));
   * const groups = QueryParameter.fromClaim('cognito:groups', QueryParameter.listOf(QueryParameter.string()));
   *
   * @param claim name of the claim, such as `sub`, `tenant_id` or `cognito:groups`
   * @param value constraints of the value; `QueryParameter.string()` by default
   * @returns the parameter
   */
  public static fromClaim(claim: string, value: QueryParameter = QueryParameter.string()): QueryParameter {
    requireString('claim', claim);
    requireKnown('claim', claim);
    requireParameter('value', value);
    if (claim === '') {
      throw new Error("claim is '': give the name of a claim, such as 'sub'");
    }
    const { optional, defaultValue, claim: other, ...definition } = value._definition;
    if (optional || defaultValue !== undefined || other !== undefined) {
      throw new Error(`the value of the claim '${claim}' must not be optional, have a default value or come from a claim: remove these options, because the `
        + 'query of a caller without the claim is rejected');
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

  private constructor(private readonly definition: ParameterDefinition) {}

  /**
   * @internal
   */
  public get _definition(): ParameterDefinition {
    return this.definition;
  }
}

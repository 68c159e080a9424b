/**
 * Options of parameters of all kinds.
 */
export interface ParameterOptions {
  /**
   * Whether a client can omit the parameter or send null. The value is then NULL. If the client omits the parameter, the value is `defaultValue`, if
   * given.
   *
   * @default false
   */
  readonly optional?: boolean;
}

/**
 * Options of a parameter that is a string.
 */
export interface StringParameterOptions extends ParameterOptions {
  /**
   * Regular expression of JavaScript, without flags, that the string must match. It is case-sensitive and matches anywhere in the string: begin it
   * with `^` and end it with `$` to match the entire string.
   *
   * Throws if the expression is invalid, or has syntax that JavaScript supports only with flags or not at all, such as `\A`, `\Z` and `\p{L}`.
   *
   * A pattern with nested quantifiers, such as `^(a+)+$`, takes exponential time with some strings: avoid it, or use a small `maxLength`.
   *
   * @see https://developer.mozilla.org/en-US/docs/Web/JavaScript/Guide/Regular_expressions
   * @default - all strings
   */
  readonly pattern?: string;

  /**
   * Minimum length in characters (Unicode code points), inclusive. An integer of at least 0; 0 allows the empty string.
   *
   * @default 1
   */
  readonly minLength?: number;

  /**
   * Maximum length in characters (Unicode code points), inclusive. An integer of at least `minLength`. The length of a VARCHAR column is in bytes
   * instead: a character has up to 4 bytes in UTF-8.
   *
   * @see https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
   * @default 256
   */
  readonly maxLength?: number;

  /**
   * Value when the client omits the parameter. Throws if it doesn't satisfy the other options.
   *
   * @default - the parameter is required, or NULL if `optional` is true
   */
  readonly defaultValue?: string;
}

/**
 * Options of a parameter that is an integer.
 */
export interface IntegerParameterOptions extends ParameterOptions {
  /**
   * Minimum, inclusive. Numbers are exact from -9007199254740991 to 9007199254740991. Write other integers as strings, such as
   * `"-9223372036854775808"`.
   *
   * @see https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
   * @default - the minimum of BIGINT, -9223372036854775808
   */
  readonly min?: number | string;

  /**
   * Maximum, inclusive. Numbers are exact from -9007199254740991 to 9007199254740991. Write other integers as strings, such as
   * `"9223372036854775807"`.
   *
   * @see https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
   * @default - the maximum of BIGINT, 9223372036854775807
   */
  readonly max?: number | string;

  /**
   * Value when the client omits the parameter, as a number or a string. Throws if it isn't an integer, or is less than `min` or greater than `max`.
   *
   * @default - the parameter is required, or NULL if `optional` is true
   */
  readonly defaultValue?: number | string;
}

/**
 * Options of a parameter that is a decimal number.
 */
export interface DecimalParameterOptions extends ParameterOptions {
  /**
   * Maximum number of digits, as in `DECIMAL(precision, scale)`. An integer from 1 to 38, inclusive.
   *
   * @see https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
   * @default 38
   */
  readonly precision?: number;

  /**
   * Maximum number of digits after the decimal point. An integer from 0 to 37, inclusive, and at most `precision`. A number with more digits is
   * rejected, not rounded.
   *
   * @see https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
   * @default - `precision`
   */
  readonly scale?: number;

  /**
   * Minimum, inclusive, as a number or a string such as `"0.10"`.
   *
   * @default - no minimum
   */
  readonly min?: number | string;

  /**
   * Maximum, inclusive, as a number or a string such as `"999999.99"`.
   *
   * @default - no maximum
   */
  readonly max?: number | string;

  /**
   * Value when the client omits the parameter, as a number or a string. Throws if it doesn't satisfy the other options.
   *
   * @default - the parameter is required, or NULL if `optional` is true
   */
  readonly defaultValue?: number | string;
}

/**
 * Options of a parameter that is true or false.
 */
export interface BooleanParameterOptions extends ParameterOptions {
  /**
   * Value when the client omits the parameter.
   *
   * @default - the parameter is required, or NULL if `optional` is true
   */
  readonly defaultValue?: boolean;
}

/**
 * Options of a parameter that is a date.
 */
export interface DateParameterOptions extends ParameterOptions {
  /**
   * First date, inclusive, such as `2015-01-01`.
   *
   * @default - 0001-01-01
   */
  readonly min?: string;

  /**
   * Last date, inclusive, such as `2015-12-31`.
   *
   * @default - 9999-12-31
   */
  readonly max?: string;

  /**
   * Value when the client omits the parameter. Throws if it isn't a date, or is before `min` or after `max`.
   *
   * @default - the parameter is required, or NULL if `optional` is true
   */
  readonly defaultValue?: string;
}

/**
 * Options of a parameter that is a timestamp.
 */
export interface TimestampParameterOptions extends ParameterOptions {
  /**
   * Whether timestamps have a time zone. If true, a time zone is required, as in `2015-01-31T23:59:59Z` or `2015-01-31 23:59:59.5+01:00`, and the
   * value is bound in UTC, for TIMESTAMPTZ. If false, a time zone is rejected, and the value is bound as given, such as `2015-01-31 23:59:59.5`, for
   * TIMESTAMP.
   *
   * @default false
   */
  readonly withTimeZone?: boolean;

  /**
   * First timestamp, inclusive, such as `2015-01-01 00:00:00`; with a time zone if `withTimeZone` is true.
   *
   * @default - 0001-01-01 00:00:00, in UTC if `withTimeZone` is true
   */
  readonly min?: string;

  /**
   * Last timestamp, inclusive, such as `2015-12-31 23:59:59.999999`; with a time zone if `withTimeZone` is true.
   *
   * @default - 9999-12-31 23:59:59.999999, in UTC if `withTimeZone` is true
   */
  readonly max?: string;

  /**
   * Value when the client omits the parameter. Throws if it isn't a timestamp of this kind, or is before `min` or after `max`.
   *
   * @default - the parameter is required, or NULL if `optional` is true
   */
  readonly defaultValue?: string;
}

/**
 * Options of a parameter that is one of several strings.
 */
export interface OneOfParameterOptions extends ParameterOptions {
  /**
   * Value when the client omits the parameter. Throws if it isn't one of the strings.
   *
   * @default - the parameter is required, or NULL if `optional` is true
   */
  readonly defaultValue?: string;
}

/**
 * Options of a parameter that is a list.
 */
export interface ListParameterOptions extends ParameterOptions {
  /**
   * Minimum number of values, inclusive. An integer of at least 1, because SQL has no empty `IN ()`.
   *
   * @default 1
   */
  readonly minItems?: number;

  /**
   * Maximum number of values, inclusive. An integer from `minItems` to 1000. Each value is a parameter of the statement, and its placeholder counts
   * toward the 100 KB of the statement.
   *
   * @default 100
   */
  readonly maxItems?: number;

  /**
   * Value when the client omits the parameter: each item as a string. Throws if an item isn't a valid value, or the number of items isn't allowed.
   *
   * @default - the parameter is required, or NULL if `optional` is true
   */
  readonly defaultValue?: string[];
}

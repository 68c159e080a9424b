/**
 * What is said of a parameter of any kind.
 */
export interface ParameterOptions {
  /**
   * Whether a client may leave the parameter out, or give null for it. It is NULL then; left out, it is the default value where there is one.
   *
   * @default false
   */
  readonly optional?: boolean;
}

/**
 * What a client may give for a parameter that is a text.
 */
export interface StringParameterOptions extends ParameterOptions {
  /**
   * The regular expression, as JavaScript writes it, that the text must match. Begin it with `^` and end it with `$` to
   * cover the whole text.
   *
   * A pattern with nested repetitions, such as `^(a+)+$`, takes exponential time with some texts; write it without, or keep `maxLength` small.
   *
   * @default - any text
   */
  readonly pattern?: string;

  /**
   * The fewest characters; 0 allows the empty text.
   *
   * @default 1
   */
  readonly minLength?: number;

  /**
   * The most characters.
   *
   * @default 256
   */
  readonly maxLength?: number;

  /**
   * What the text is when the client leaves it out.
   *
   * @default - the client must give it
   */
  readonly defaultValue?: string;
}

/**
 * What a client may give for a parameter that is a whole number.
 */
export interface IntegerParameterOptions extends ParameterOptions {
  /**
   * The least number: a whole number from -9007199254740991 to 9007199254740991, beyond which a number is not exact.
   *
   * @default - the least BIGINT, -9223372036854775808
   */
  readonly min?: number;

  /**
   * The greatest number: a whole number from -9007199254740991 to 9007199254740991, beyond which a number is not exact.
   *
   * @default - the greatest BIGINT, 9223372036854775807
   */
  readonly max?: number;

  /**
   * What the number is when the client leaves it out.
   *
   * @default - the client must give it
   */
  readonly defaultValue?: number;
}

/**
 * What a client may give for a parameter that is a decimal number.
 */
export interface DecimalParameterOptions extends ParameterOptions {
  /**
   * The most digits altogether, as in `DECIMAL(precision, scale)`: from 1 to 38.
   *
   * @default 38
   * @see https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
   */
  readonly precision?: number;

  /**
   * The most digits after the point: from 0 to 37, and at most `precision`. A number with more is refused, never rounded.
   *
   * @default - as many as `precision` allows
   */
  readonly scale?: number;

  /**
   * The least number.
   *
   * @default - none
   */
  readonly min?: number;

  /**
   * The greatest number.
   *
   * @default - none
   */
  readonly max?: number;

  /**
   * What the number is when the client leaves it out.
   *
   * @default - the client must give it
   */
  readonly defaultValue?: number;
}

/**
 * What a client may give for a parameter that is true or false.
 */
export interface BooleanParameterOptions extends ParameterOptions {
  /**
   * What it is when the client leaves it out.
   *
   * @default - the client must give it
   */
  readonly defaultValue?: boolean;
}

/**
 * What a client may give for a parameter that is a day.
 */
export interface DateParameterOptions extends ParameterOptions {
  /**
   * The first day, such as `2015-01-01`.
   *
   * @default - 0001-01-01
   */
  readonly min?: string;

  /**
   * The last day, such as `2015-12-31`.
   *
   * @default - 9999-12-31
   */
  readonly max?: string;

  /**
   * What the day is when the client leaves it out.
   *
   * @default - the client must give it
   */
  readonly defaultValue?: string;
}

/**
 * What a client may give for a parameter that is a moment.
 */
export interface TimestampParameterOptions extends ParameterOptions {
  /**
   * Whether a moment has a time zone, as `2015-01-31T23:59:59Z` or `2015-01-31 23:59:59.5+01:00`, and is bound in UTC, for TIMESTAMPTZ. Otherwise it must
   * have none, as `2015-01-31 23:59:59.5`, for TIMESTAMP. What is the one is refused as the other.
   *
   * @default false
   */
  readonly withTimeZone?: boolean;

  /**
   * The first moment.
   *
   * @default - none
   */
  readonly min?: string;

  /**
   * The last moment.
   *
   * @default - none
   */
  readonly max?: string;

  /**
   * What the moment is when the client leaves it out.
   *
   * @default - the client must give it
   */
  readonly defaultValue?: string;
}

/**
 * What a client may give for a parameter that is one of some texts.
 */
export interface OneOfParameterOptions extends ParameterOptions {
  /**
   * What the text is when the client leaves it out.
   *
   * @default - the client must give it
   */
  readonly defaultValue?: string;
}

/**
 * What a client may give for a parameter that is a list.
 */
export interface ListParameterOptions extends ParameterOptions {
  /**
   * The fewest values: at least 1, since SQL has no empty `IN ()`.
   *
   * @default 1
   */
  readonly minItems?: number;

  /**
   * The most values: at most 1000. Each is a parameter of its own in the statement, which grows with it.
   *
   * @default 100
   */
  readonly maxItems?: number;

  /**
   * What the list is when the client leaves it out, each value as a text.
   *
   * @default - the client must give it
   */
  readonly defaultValue?: string[];
}

import { Token } from 'aws-cdk-lib';
import type { ParameterDefinition } from './function-settings';

/**
 * The longest text a parameter may have when nothing else is said, in characters.
 */
const DEFAULT_MAXIMUM_LENGTH = 256;

/**
 * What a client may give for a parameter that is a text.
 */
export interface StringParameterOptions {
  /**
   * The regular expression, as JavaScript writes it, that the text must match. Begin it with `^` and end it with `$` to
   * cover the whole text.
   *
   * @default - any text
   */
  readonly pattern?: string;

  /**
   * The fewest characters. At least 1: the Redshift Data API binds no empty text.
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
}

/** A parameter that the client gives a value for, and the SQL template names with a colon, such as `:trip_month`. */
export class QueryParameter {
  /**
   * A text. Cast it in the SQL where another type is needed: `CAST(:day AS DATE)`.
   *
   * @param options what texts are accepted
   */
  public static string(options: StringParameterOptions = {}): QueryParameter {
    const { pattern, minLength = 1, maxLength = DEFAULT_MAXIMUM_LENGTH } = options;
    validateLengths(minLength, maxLength);
    validatePattern(pattern);
    return new QueryParameter({ kind: 'string', minLength, maxLength, pattern });
  }

  private constructor(
    /**
     * @internal
     */
    public readonly _definition: ParameterDefinition,
  ) {}
}

function validateLengths(minLength: number, maxLength: number): void {
  if (!Number.isInteger(minLength) || minLength < 1) {
    throw new Error(`minLength must be a whole number of at least 1, since the Redshift Data API binds no empty text, but is ${minLength}`);
  }
  if (!Number.isInteger(maxLength) || maxLength < minLength) {
    throw new Error(`maxLength must be a whole number of at least minLength (${minLength}), but is ${maxLength}`);
  }
}

function validatePattern(pattern?: string): void {
  if (pattern === undefined) {
    return;
  }
  if (Token.isUnresolved(pattern)) {
    throw new Error('the pattern of a parameter must be known at synthesis, but is a token: write it out');
  }
  try {
    new RegExp(pattern);
  } catch (error) {
    throw new Error(`'${pattern}' is not a regular expression: ${(error as Error).message}`);
  }
}

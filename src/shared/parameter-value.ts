import { canonicalDate, canonicalTimestamp } from './calendar';
import { canonicalDecimal, compareDecimals, ExactNumber, fractionOf, wholeOf } from './decimal';
import type {
  DecimalDefinition,
  IntegerDefinition,
  ListDefinition,
  OneOfDefinition,
  StringDefinition,
  TimestampDefinition,
  ValueDefinition,
} from './query-definitions';

/**
 * Error for an invalid value. `message` completes a sentence that begins with the name, such as `must be true or false`, and never contains the
 * value.
 */
export class InvalidValueError extends Error {
  public readonly name = 'InvalidValueError';

  constructor(
    message: string,
    /** Number of the invalid item of a list, from 1. */
    public readonly item?: number,
  ) {
    super(message);
  }
}

const MAX_SHOWN_VALUES = 20;

type CheckOf<D> = (value: unknown, definition: D) => string;

/** Check of each kind of value. A check returns the canonical string, or throws an InvalidValueError. */
const CHECKS: { readonly [D in ValueDefinition as D['kind']]: CheckOf<D> } = {
  string: checkString,
  integer: checkInteger,
  decimal: checkDecimal,
  boolean: checkBoolean,
  date: (value, definition) => checkBounded(value, canonicalDate, definition, 'a date such as "2015-01-31"'),
  timestamp: checkTimestamp,
  oneOf: checkOneOf,
};

/** The canonical form of a value, which is the same for all equal values. Throws an InvalidValueError. */
export function canonicalValue(value: unknown, definition: ValueDefinition | ListDefinition): string | readonly string[] {
  return definition.kind === 'list' ? checkList(value, definition) : checkOne(value, definition);
}

function checkOne(value: unknown, definition: ValueDefinition): string {
  return (CHECKS[definition.kind] as CheckOf<ValueDefinition>)(value, definition);
}

function checkList(value: unknown, { item, minItems, maxItems }: ListDefinition): string[] {
  if (!Array.isArray(value) || value.length < minItems || value.length > maxItems) {
    throw new InvalidValueError(`must be a list of ${range(minItems, maxItems)} ${maxItems === 1 ? 'value' : 'values'}`);
  }
  return value.map((each, index) => checkItem(each, item, index + 1));
}

function checkItem(value: unknown, definition: ValueDefinition, place: number): string {
  try {
    return checkOne(value, definition);
  } catch (error) {
    throw error instanceof InvalidValueError ? new InvalidValueError(error.message, place) : error;
  }
}

function checkString(value: unknown, { minLength, maxLength, pattern }: StringDefinition): string {
  if (typeof value !== 'string') {
    throw new InvalidValueError('must be a string');
  }
  if (/\0|\p{Surrogate}/u.test(value)) {
    throw new InvalidValueError("must not contain the character U+0000 or half of a surrogate pair, which Redshift can't store");
  }
  const { length } = [...value];
  if (length < minLength || length > maxLength) {
    throw new InvalidValueError(`must have ${range(minLength, maxLength)} ${maxLength === 1 ? 'character' : 'characters'}, not ${length}`);
  }
  if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    throw new InvalidValueError(`must match the pattern "${pattern}"`);
  }
  return value;
}

function checkInteger(value: unknown, { min, max }: IntegerDefinition): string {
  const number = canonicalNumber(value);
  if (number === undefined || fractionOf(number) !== '' || compareDecimals(number, min) < 0 || compareDecimals(number, max) > 0) {
    throw new InvalidValueError(`must be an integer${between({ min, max })}`);
  }
  return number;
}

function checkDecimal(value: unknown, { precision, scale, min, max }: DecimalDefinition): string {
  const number = canonicalNumber(value);
  if (number === undefined || isOutside(number, compareDecimals, { min, max })) {
    throw new InvalidValueError(`must be a decimal number${between({ min, max })}`);
  }
  const places = fractionOf(number).length;
  if (scale !== undefined && places > scale) {
    throw new InvalidValueError(`must have at most ${scale} ${scale === 1 ? 'digit' : 'digits'} after the decimal point`);
  }
  if (wholeOf(number).length + (scale ?? places) > precision) {
    throw new InvalidValueError(`must have at most ${precision - (scale ?? 0)} digits${scale === undefined ? '' : ' before the decimal point'}`);
  }
  return number;
}

function checkBoolean(value: unknown): string {
  if (value !== true && value !== false && value !== 'true' && value !== 'false') {
    throw new InvalidValueError('must be true or false');
  }
  return String(value);
}

function checkTimestamp(value: unknown, definition: TimestampDefinition): string {
  const { withTimeZone } = definition;
  const example = withTimeZone ? 'with a time zone such as "2015-01-31T23:59:59.5Z"' : 'without a time zone such as "2015-01-31 23:59:59.5"';
  return checkBounded(value, (string) => canonicalTimestamp(string, withTimeZone), definition, `a date and a time ${example}`);
}

function checkOneOf(value: unknown, { values }: OneOfDefinition): string {
  if (typeof value !== 'string' || !values.includes(value)) {
    const shown = values.slice(0, MAX_SHOWN_VALUES).map((each) => JSON.stringify(each));
    throw new InvalidValueError(`must be one of ${shown.join(', ')}${values.length > MAX_SHOWN_VALUES ? ' and others' : ''}`);
  }
  return value;
}

interface Limits {
  readonly min?: string;
  readonly max?: string;
}

/** Checks values whose canonical strings sort like the values. */
function checkBounded(value: unknown, canonical: (result: string) => string | undefined, { min, max }: Limits, what: string): string {
  const result = typeof value === 'string' ? canonical(value) : undefined;
  if (result === undefined || isOutside(result, compareStrings, { min, max })) {
    throw new InvalidValueError(`must be ${what}${between({ min, max })}`);
  }
  return result;
}

function isOutside(value: string, compare: (one: string, other: string) => number, { min, max }: Limits): boolean {
  return (min !== undefined && compare(value, min) < 0) || (max !== undefined && compare(value, max) > 0);
}

/** Also compares timestamps: the sign of a time zone, at the end of a string, sorts before the decimal point of a second. */
export function compareStrings(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** The canonical form of a JSON number, or of a number in a string; undefined for any other value. */
function canonicalNumber(value: unknown): string | undefined {
  const number = value instanceof ExactNumber ? value.digits : value;
  return typeof number === 'string' || typeof number === 'number' ? canonicalDecimal(String(number)) : undefined;
}

function range(least: number, most: number): string {
  return least === most ? `${least}` : `${least} to ${most}`;
}

function between({ min, max }: Limits): string {
  return `${min === undefined ? '' : ` from ${min}`}${max === undefined ? '' : `${min === undefined ? ' up' : ''} to ${max}`}`;
}

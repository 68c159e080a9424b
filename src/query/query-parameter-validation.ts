import { Token } from 'aws-cdk-lib';
import type { ParameterOptions } from './query-parameter-options';
import { sqlPlace } from './sql-location';
import { allowMissing, checkForObject, describeValue, requireBoolean, requireValid } from '../cdk/prop-checks';
import { canonicalDecimal } from '../shared/decimal';
import { canonicalValue, InvalidValueError } from '../shared/parameter-value';
import type { ListDefinition, ValueDefinition } from '../shared/query-definitions';

/** @see https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html */
export const BIGINT = { min: '-9223372036854775808', max: '9223372036854775807' };

const requireOptions = checkForObject('give an object with options, such as { optional: true }');

/** Escapes of letters that mean something in a regular expression of JavaScript without flags; without these, `\A` is the letter A. */
const KNOWN_ESCAPE = /^\\(?:[^A-Za-z]|[bBdDfnrsStvwW]|c[A-Za-z]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|k<)/;

const ESCAPE = /\\[^]/g;

/** POSIX character classes, which JavaScript reads as a set of their letters. */
const POSIX_CLASS = /\[:\^?\w+:\]/;

const FIXES: Readonly<Record<string, string>> = {
  A: 'write ^',
  Z: 'write $',
  z: 'write $',
  p: 'list the characters, as in [A-Za-z]',
  P: 'list the other characters, as in [^A-Za-z]',
  h: 'write [ \\t]',
  u: 'write the character itself, or \\u and four hexadecimal digits',
  x: 'write \\x and two hexadecimal digits',
};

/** Throws if a pattern isn't a regular expression of JavaScript, or has syntax of another language that JavaScript takes for ordinary letters. */
export function validatePattern(pattern?: string): void {
  requireValid(pattern === undefined || typeof pattern === 'string', 'pattern', pattern, "give its source as a string, such as '^[A-Z]{3}$'");
  if (pattern === undefined) {
    return;
  }
  try {
    new RegExp(pattern);
  } catch (error) {
    throw new Error(`'${pattern}' is not a regular expression of JavaScript: ${(error as Error).message}`);
  }
  for (const { 0: escape, index } of pattern.matchAll(ESCAPE)) {
    if (!KNOWN_ESCAPE.test(pattern.slice(index))) {
      throw foreignSyntaxError(pattern, index, escape, FIXES[escape[1]] ?? `write ${escape[1]} without the backslash for the letter`);
    }
  }
  const posixClass = POSIX_CLASS.exec(pattern);
  if (posixClass) {
    throw foreignSyntaxError(pattern, posixClass.index, posixClass[0], 'list the characters, as in [0-9]');
  }
}

function foreignSyntaxError(pattern: string, index: number, syntax: string, fix: string): Error {
  return new Error(`the pattern has ${syntax}, which JavaScript does not support without flags: ${fix}\n${sqlPlace('pattern', pattern, index)}`);
}

/** The options, none of which is a token: the functions read the definitions from a file that is written at synthesis. */
export function knownOptions<T extends ParameterOptions>(options: T): T {
  requireOptions('options', options);
  Object.entries(options).forEach(([name, value]) => requireKnown(name, value));
  allowMissing(requireBoolean)('optional', options.optional);
  return options;
}

export function requireKnown(name: string, value: unknown): void {
  if ([value].flat().some((each) => Token.isUnresolved(each))) {
    throw new Error(`the ${name} of a parameter must be known at synthesis, but is a token: write it out`);
  }
}

interface Limits<T> {
  readonly min?: T;
  readonly max?: T;
}

/** Canonical limits of a value. Throws if they are crossed. */
export function limits<T>(
  { min: least, max: greatest }: Limits<T>, canonical: (name: string, limit: T) => string, compare: (one: string, other: string) => number,
): Limits<string> {
  const min = least === undefined ? undefined : canonical('min', least);
  const max = greatest === undefined ? undefined : canonical('max', greatest);
  if (min !== undefined && max !== undefined && compare(min, max) > 0) {
    throw new Error(`min is ${min}, but max is ${max}: give a min of at most max`);
  }
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** The digits of an integer. Throws if it isn't a BIGINT, or if JavaScript has rounded it. */
export function exactInteger(name: string, value: number | string): string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Error(`${name} is ${describeValue(value)}, which JavaScript rounds beyond ${Number.MAX_SAFE_INTEGER}: write its digits as a string`);
  }
  return canonicalOption(name, value, { kind: 'integer', ...BIGINT }) as string;
}

/** The digits of a decimal number. */
export function exactDecimal(name: string, value: number | string): string {
  const decimal = canonicalDecimal(String(value));
  if (decimal === undefined) {
    throw new Error(`${name} is ${describeValue(value)}, but must be a decimal number`);
  }
  return decimal;
}

/** A value of the app in the canonical form of its definition. Throws if it doesn't satisfy the definition. */
export function canonicalOption(name: string, value: unknown, definition: ValueDefinition | ListDefinition): string | readonly string[] {
  try {
    return canonicalValue(value, definition);
  } catch (error) {
    if (error instanceof InvalidValueError) {
      throw new Error(`${name} is ${typeof value === 'number' ? value : JSON.stringify(value)}, but ${error.item === undefined ? 'it' : `its item ${error.item}`} ${error.message}`);
    }
    throw error;
  }
}

export function requireInteger(name: string, value: number, least: number, most = Infinity, reason?: string): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    const rule = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new Error(`${name} is ${describeValue(value)}: give an integer ${rule}${reason === undefined ? '' : `, because ${reason}`}`);
  }
}

import type { Column, WireValue } from '../../protocol/messages';
import { ProtocolError } from '../errors';

/** Converts the digits of a number, such as `-12.50`, to a value. */
export type NumberParser = (digits: string, column: Column) => unknown;

/**
 * The JavaScript type of BIGINT values.
 * - `exact`: a number; a string of all digits for values beyond ±(2^53 − 1)
 * - `string`, `bigint`: a string or a BigInt; both are exact
 * - `number`: a number, which is rounded beyond ±(2^53 − 1)
 * - a function: the value that it returns
 */
export type BigintFormat = 'exact' | 'string' | 'bigint' | 'number' | NumberParser;

/** The JavaScript type of DECIMAL values: a `string` of all digits; a `number`, which is rounded to about 15 digits; or the value that a function returns. */
export type DecimalFormat = 'string' | 'number' | NumberParser;

/** The JavaScript types of values. */
export interface ValueOptions {
  /** The type of BIGINT (`int8`) values. Smaller integers are numbers. @default 'exact' */
  readonly bigint?: BigintFormat;
  /** The type of DECIMAL and NUMERIC (`numeric`) values. @default 'string' */
  readonly decimal?: DecimalFormat;
}

/** Whether a row is an object of values by column name, or an array of values in the order of the columns. */
export type RowFormat = 'object' | 'array';

type Convert = (value: WireValue) => unknown;

/** Returns a function that converts rows of the protocol. Throws a TypeError if rows are objects and two columns have the same name. */
export function createRowReader(columns: readonly Column[], format: RowFormat, options: ValueOptions): (row: readonly WireValue[]) => unknown {
  const convert = columns.map((column) => createConverter(column, options));
  const read = (row: readonly WireValue[]): unknown[] => {
    if (row.length !== columns.length) {
      throw new ProtocolError(`A row has ${row.length} values for ${columns.length} columns. Submit the query again.`);
    }
    return row.map((value, index) => (value === null ? null : convert[index](value)));
  };
  if (format === 'array') {
    return read;
  }
  const names = columns.map(({ name }) => name);
  requireUniqueNames(names);
  return (row) => Object.fromEntries(read(row).map((value, index) => [names[index], value]));
}

function requireUniqueNames(names: readonly string[]): void {
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined) {
    throw new TypeError(`Two columns have the name "${duplicate}". Rename one of them in the SQL (… AS …), or set the option "rows" to 'array'.`);
  }
}

function createConverter(column: Column, { bigint = 'exact', decimal = 'string' }: ValueOptions): Convert {
  switch (column.type) {
    case 'int8': return bigint === 'exact' ? (value) => value : createNumberConverter(bigint, column);
    case 'numeric': return createNumberConverter(decimal, column);
    // NaN and the infinities are strings in the protocol, because JSON has no such numbers.
    case 'float4':
    case 'float8': return Number;
    default: return (value) => value;
  }
}

function createNumberConverter(format: 'string' | 'bigint' | 'number' | NumberParser, column: Column): Convert {
  switch (format) {
    case 'string': return String;
    case 'number': return Number;
    case 'bigint': return (value) => toBigint(value, column);
    default: return (value) => format(String(value), column);
  }
}

function toBigint(value: WireValue, { name, type }: Column): bigint {
  try {
    return BigInt(value as string | number);
  } catch {
    throw new ProtocolError(`A value of the column "${name}" isn't an integer, but the type is ${type}. Submit the query again.`);
  }
}

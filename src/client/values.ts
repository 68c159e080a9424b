import { ProtocolError } from './errors';
import type { Column, WireValue } from '../protocol/messages';

/** Makes a value of the digits of a number; `column` has its name and its type. */
export type NumberParser = (digits: string, column: Column) => unknown;

/**
 * What becomes of a BIGINT.
 * - `exact`: a number where a number is exact, and a text of all digits beyond ±(2^53 − 1)
 * - `text`, `bigint`: always a text, always a BigInt; both are exact
 * - `number`: always a number, which beyond ±(2^53 − 1) is rounded
 */
export type BigintFormat = 'exact' | 'text' | 'bigint' | 'number' | NumberParser;

/** What becomes of a DECIMAL: a `text` of all digits, which is exact, or a `number`, which is rounded to some 15 digits. */
export type DecimalFormat = 'text' | 'number' | NumberParser;

/** How values are given to the caller. */
export interface ValueOptions {
  /** What becomes of a BIGINT (`int8`); smaller integers are numbers. @default 'exact' */
  readonly bigint?: BigintFormat;
  /** What becomes of a DECIMAL or NUMERIC (`numeric`). @default 'text' */
  readonly decimal?: DecimalFormat;
}

/** Whether a row is an object with a value for each column's name, or an array of values in the order of the columns. */
export type RowFormat = 'object' | 'array';

type Convert = (value: WireValue) => unknown;

/** Makes rows of what is on the wire. Throws a ProtocolError where two columns of an object would have the same name. */
export function rowReader(columns: readonly Column[], format: RowFormat, options: ValueOptions): (row: readonly WireValue[]) => unknown {
  const convert = columns.map((column) => converterOf(column, options));
  const read = (row: readonly WireValue[]): unknown[] => {
    if (row.length !== columns.length) {
      throw new ProtocolError(`A row has ${row.length} values for ${columns.length} columns.`);
    }
    return row.map((value, index) => (value === null ? null : convert[index](value)));
  };
  if (format === 'array') {
    return read;
  }
  const names = columns.map(({ name }) => name);
  refuseSameNames(names);
  return (row) => Object.fromEntries(read(row).map((value, index) => [names[index], value]));
}

function refuseSameNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new TypeError(`Two columns are named "${twice}": name one of them otherwise in the SQL (… AS …), or ask for rows: 'array'.`);
  }
}

function converterOf(column: Column, { bigint = 'exact', decimal = 'text' }: ValueOptions): Convert {
  switch (column.type) {
    case 'int8': return bigint === 'exact' ? (value) => value : numberConverter(bigint, column);
    case 'numeric': return numberConverter(decimal, column);
    // NaN and the infinities are texts on the wire, since JSON has no such numbers.
    case 'float4':
    case 'float8': return Number;
    default: return (value) => value;
  }
}

function numberConverter(format: 'text' | 'bigint' | 'number' | NumberParser, column: Column): Convert {
  switch (format) {
    case 'text': return String;
    case 'number': return Number;
    case 'bigint': return (value) => bigintOf(value, column);
    default: return (value) => format(String(value), column);
  }
}

function bigintOf(value: WireValue, { name, type }: Column): bigint {
  try {
    return BigInt(value as string | number);
  } catch {
    throw new ProtocolError(`A value of the column "${name}" is no whole number, though its type is ${type}.`);
  }
}

import { add, formatDecimal, parseDecimal, ZERO } from './exact-decimal.js';

/** @typedef {null | boolean | number | string} Value */
/** @typedef {{ name: string, type: string }} Column */

/**
 * A column with what is needed to show its values.
 * @typedef {object} ShownColumn
 * @property {string} name
 * @property {string} label The name in words.
 * @property {number} index
 * @property {boolean} isNumber
 * @property {number} scale The decimal places that its numbers are shown with.
 */

const WHOLE_TYPES = ['int2', 'int4', 'int8', 'smallint', 'integer', 'bigint'];
const DECIMAL_TYPES = ['numeric', 'decimal'];
const FLOATING_TYPES = ['float4', 'float8', 'float', 'real', 'double precision'];

/** Floating-point values carry digits that mean nothing; the cell's title has them all. */
const FLOATING_SCALE = 2;

/**
 * @param {readonly Column[]} columns
 * @param {readonly (readonly Value[])[]} rows
 * @param {string} keyColumn The column that names the rows, and is no number to be added up.
 * @returns {ShownColumn[]}
 */
export function describeColumns(columns, rows, keyColumn) {
  return columns.map(({ name, type }, index) => {
    const typeName = type.toLowerCase().replace(/\(.*\)$/, '').trim();
    const isFloating = FLOATING_TYPES.includes(typeName);
    const isNumber = name !== keyColumn && (isFloating || WHOLE_TYPES.includes(typeName) || DECIMAL_TYPES.includes(typeName));
    const largest = isNumber ? largestScale(rows, index) : 0;
    return { name, label: inWords(name), index, isNumber, scale: isFloating ? Math.min(largest, FLOATING_SCALE) : largest };
  });
}

/**
 * A value as the table shows it.
 * @param {Value} value
 * @param {ShownColumn} column
 */
export function displayValue(value, column) {
  if (value === null) {
    return '–';
  }
  const decimal = column.isNumber ? parseDecimal(value) : undefined;
  return decimal === undefined ? String(value) : formatDecimal(decimal, column.scale);
}

/**
 * The sum of a column, without rounding; NULL adds nothing, and a value like NaN makes it undefined.
 * @param {readonly (readonly Value[])[]} rows
 * @param {ShownColumn} column
 */
export function totalOf(rows, column) {
  let total = ZERO;
  for (const row of rows) {
    const value = row[column.index];
    const decimal = value === null ? ZERO : parseDecimal(value);
    if (decimal === undefined) {
      return undefined;
    }
    total = add(total, decimal);
  }
  return total;
}

/**
 * The sum of a column as the page shows it.
 * @param {readonly (readonly Value[])[]} rows
 * @param {ShownColumn} column
 */
export function displayTotal(rows, column) {
  const total = totalOf(rows, column);
  return total === undefined ? '–' : formatDecimal(total, column.scale);
}

/**
 * @param {readonly (readonly Value[])[]} rows
 * @param {number} index
 */
function largestScale(rows, index) {
  return rows.reduce((largest, row) => Math.max(largest, parseDecimal(row[index])?.scale ?? 0), 0);
}

/** @param {string} name */
function inWords(name) {
  const words = name.replace(/_/g, ' ').trim();
  return words === '' ? 'unnamed' : words[0].toUpperCase() + words.slice(1);
}

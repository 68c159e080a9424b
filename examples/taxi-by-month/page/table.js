import { displayTotal, displayValue } from './columns.js';
import { html } from './dom.js';

/** @typedef {import('./columns.js').ShownColumn} ShownColumn */
/** @typedef {import('./columns.js').Value} Value */
/** @typedef {import('./kinds.js').Kind} Kind */

/**
 * Shows the rows, and below them the totals of the columns of numbers.
 * @param {Kind} kind
 * @param {HTMLTableElement} table
 * @param {string} caption
 * @param {ShownColumn[]} columns
 * @param {readonly (readonly Value[])[]} rows
 */
export function showTable(kind, table, caption, columns, rows) {
  const parts = [
    html('caption', {}, html('span', { id: `${kind.prefix}caption` }, caption)),
    html('thead', {}, html('tr', {}, ...columns.map((column) => html('th', { scope: 'col', ...alignment(column) }, column.label)))),
    html('tbody', {}, ...rows.map((row) => html('tr', {}, ...columns.map((column) => valueCell(kind, row[column.index], column))))),
  ];
  if (columns.some((column) => column.isNumber)) {
    parts.push(html('tfoot', {}, html('tr', {}, ...columns.map((column) => totalCell(rows, column)))));
  }
  table.replaceChildren(...parts);
}

/**
 * @param {Kind} kind
 * @param {Value} value
 * @param {ShownColumn} column
 */
function valueCell(kind, value, column) {
  if (column.name === kind.keyColumn && value !== null) {
    return keyCell(kind, value);
  }
  const text = displayValue(value, column);
  const title = exactTitle(value, column, text);
  const name = column.index === 0 ? 'th' : 'td';
  return html(name, { ...(name === 'th' ? { scope: 'row' } : {}), ...alignment(column), ...title }, text);
}

/**
 * The name of a row, which leads to more about it where there is more.
 * @param {Kind} kind
 * @param {Exclude<Value, null>} key
 */
function keyCell(kind, key) {
  const address = kind.addressOf?.(key);
  const name = kind.shortNameOf(key);
  return html('th', { scope: 'row' }, address === undefined ? name : html('a', { 'href': address, 'data-day': String(key) }, name));
}

/**
 * @param {readonly (readonly Value[])[]} rows
 * @param {ShownColumn} column
 */
function totalCell(rows, column) {
  if (column.index === 0) {
    return html('th', { scope: 'row', ...alignment(column) }, column.isNumber ? `Total ${displayTotal(rows, column)}` : 'Total');
  }
  return html('td', alignment(column), column.isNumber ? displayTotal(rows, column) : '');
}

/**
 * What the text does not tell: that the value is NULL, or its digits beyond the ones shown.
 * @param {Value} value
 * @param {ShownColumn} column
 * @param {string} text
 * @returns {Record<string, string>}
 */
function exactTitle(value, column, text) {
  if (value === null) {
    return { title: 'no value (NULL)' };
  }
  const exact = String(value);
  return column.isNumber && exact !== text.replace(/,/g, '') ? { title: exact } : {};
}

/**
 * @param {ShownColumn} column
 * @returns {Record<string, string>}
 */
function alignment(column) {
  return column.isNumber ? { class: 'number' } : {};
}

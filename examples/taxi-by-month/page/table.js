import { displayTotal, displayValue } from './columns.js';
import { html } from './dom.js';

/** @typedef {import('./columns.js').ShownColumn} ShownColumn */
/** @typedef {import('./columns.js').Value} Value */

/**
 * Shows the rows, and below them the totals of the columns of numbers.
 * @param {HTMLTableElement} table
 * @param {string} caption
 * @param {ShownColumn[]} columns
 * @param {Value[][]} rows
 */
export function showTable(table, caption, columns, rows) {
  const parts = [
    html('caption', {}, html('span', { id: 'table-caption' }, caption)),
    html('thead', {}, html('tr', {}, ...columns.map((column) => html('th', { scope: 'col', ...alignment(column) }, column.label)))),
    html('tbody', {}, ...rows.map((row) => html('tr', {}, ...columns.map((column) => valueCell(row[column.index], column))))),
  ];
  if (columns.some((column) => column.isNumber)) {
    parts.push(html('tfoot', {}, html('tr', {}, ...columns.map((column) => totalCell(rows, column)))));
  }
  table.replaceChildren(...parts);
}

/**
 * @param {Value} value
 * @param {ShownColumn} column
 */
function valueCell(value, column) {
  const text = displayValue(value, column);
  const title = exactTitle(value, column, text);
  const name = column.index === 0 ? 'th' : 'td';
  return html(name, { ...(name === 'th' ? { scope: 'row' } : {}), ...alignment(column), ...title }, text);
}

/**
 * @param {Value[][]} rows
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

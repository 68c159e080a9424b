import { displayValue } from './columns.js';

/** @typedef {import('./columns.js').ShownColumn} ShownColumn */
/** @typedef {import('./columns.js').Value} Value */
/** @typedef {import('./kinds.js').Kind} Kind */

/**
 * One bar: where it stands, how high, and how it is called.
 * @typedef {object} Bar
 * @property {number} slot
 * @property {number} value
 * @property {string} title
 * @property {string} name
 * @property {string} text The value as it is shown.
 * @property {boolean} isMuted
 * @property {string} key
 * @property {string} [address] Where more is shown about it.
 */

/**
 * The bars of a column, and what stands below them.
 * @typedef {object} ChartData
 * @property {Bar[]} bars
 * @property {string[]} labels The name of each slot.
 * @property {string} sentence What the chart shows, in words.
 */

/**
 * Rows that have a place of their own each, such as the days of a month, stand there, so that a missing one leaves a gap; anything else stands
 * side by side.
 * @param {Kind} kind
 * @param {string} subject
 * @param {ShownColumn} keyColumn
 * @param {ShownColumn} column
 * @param {readonly (readonly Value[])[]} rows
 * @returns {ChartData}
 */
export function chartData(kind, subject, keyColumn, column, rows) {
  const keys = rows.map((row) => row[keyColumn.index]);
  const slots = keys.map((key) => kind.slotOf(subject, key));
  const havePlaces = new Set(slots).size === slots.length && !slots.includes(undefined);
  const bars = rows.flatMap((row, index) => {
    const value = row[column.index];
    const height = value === null ? NaN : Number(value);
    return Number.isFinite(height) ? [{
      slot: havePlaces ? Number(slots[index]) : index,
      value: height,
      ...namesOf(kind, keys[index], displayValue(value, column)),
    }] : [];
  });
  const labels = havePlaces ? kind.labels(subject) : keys.map(String);
  return { bars, labels, sentence: sentenceOf(kind, subject, column, bars) };
}

/**
 * @param {Kind} kind
 * @param {Value} key
 * @param {string} text
 */
function namesOf(kind, key, text) {
  const name = kind.nameOf(key);
  return { name, text, title: `${name}: ${text}`, key: String(key), isMuted: kind.isMuted(key), address: kind.addressOf?.(key) };
}

/**
 * @param {Kind} kind
 * @param {string} subject
 * @param {ShownColumn} column
 * @param {Bar[]} bars
 */
function sentenceOf({ where, preposition }, subject, column, bars) {
  const about = `${column.label} ${where(subject)}`;
  if (bars.length === 0) {
    return `${about}: no values.`;
  }
  const most = bars.reduce((best, bar) => (bar.value > best.value ? bar : best));
  const least = bars.reduce((best, bar) => (bar.value < best.value ? bar : best));
  return most === least
    ? `${about}: ${most.text} ${preposition} ${most.name}.`
    : `${about}: most ${preposition} ${most.name} (${most.text}), least ${preposition} ${least.name} (${least.text}).`;
}

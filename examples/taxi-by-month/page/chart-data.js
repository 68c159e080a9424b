import { dayInWords, dayOfMonth, daysIn, isDay, isWeekend, monthInWords } from './calendar.js';
import { displayValue } from './columns.js';

/** @typedef {import('./columns.js').ShownColumn} ShownColumn */
/** @typedef {import('./columns.js').Value} Value */

/**
 * One bar: where it stands, how high, and how it is called.
 * @typedef {object} Bar
 * @property {number} slot
 * @property {number} value
 * @property {string} title
 * @property {string} name
 * @property {string} text The value as it is shown.
 * @property {boolean} isWeekend
 */

/**
 * The bars of a column, and what stands below them.
 * @typedef {object} ChartData
 * @property {Bar[]} bars
 * @property {string[]} labels The name of each slot.
 * @property {string} sentence What the chart shows, in words.
 */

/**
 * Days of one month stand on its calendar, so that a missing day leaves a gap; anything else stands side by side.
 * @param {string} month
 * @param {ShownColumn} dayColumn
 * @param {ShownColumn} column
 * @param {Value[][]} rows
 * @returns {ChartData}
 */
export function chartData(month, dayColumn, column, rows) {
  const days = rows.map((row) => row[dayColumn.index]);
  const isOneMonth = new Set(days).size === days.length && days.every((day) => isDay(day) && day.startsWith(month));
  const bars = rows.flatMap((row, index) => {
    const [day, value] = [row[dayColumn.index], row[column.index]];
    const height = value === null ? NaN : Number(value);
    return Number.isFinite(height) ? [{
      slot: isOneMonth ? dayOfMonth(String(day)) - 1 : index,
      value: height,
      text: displayValue(value, column),
      ...namesOf(day, displayValue(value, column)),
    }] : [];
  });
  const labels = isOneMonth ? Array.from({ length: daysIn(month) }, (_, index) => String(index + 1)) : days.map(String);
  return { bars, labels, sentence: sentenceOf(month, column, bars) };
}

/**
 * @param {Value} day
 * @param {string} text
 */
function namesOf(day, text) {
  const name = isDay(day) ? dayInWords(day) : String(day);
  return { name, title: `${name}: ${text}`, isWeekend: isDay(day) && isWeekend(day) };
}

/**
 * @param {string} month
 * @param {ShownColumn} column
 * @param {Bar[]} bars
 */
function sentenceOf(month, column, bars) {
  const subject = `${column.label} in ${monthInWords(month)}`;
  if (bars.length === 0) {
    return `${subject}: no values.`;
  }
  const most = bars.reduce((best, bar) => (bar.value > best.value ? bar : best));
  const least = bars.reduce((best, bar) => (bar.value < best.value ? bar : best));
  return most === least
    ? `${subject}: ${most.text} on ${most.name}.`
    : `${subject}: most on ${most.name} (${most.text}), least on ${least.name} (${least.text}).`;
}

import { addressOf } from './address.js';
import { dayInWords, dayOfMonth, daysIn, fullDayInWords, isDay, isWeekend, monthInWords } from './calendar.js';

/** @typedef {import('./columns.js').Column} Column */
/** @typedef {import('./columns.js').Value} Value */

/**
 * A kind of answer, about a subject such as `2015-01`: what its rows stand for, and how they are named.
 * @typedef {object} Kind
 * @property {string} prefix What the ids of its elements begin with.
 * @property {string} keyColumn The column that tells the rows apart.
 * @property {(subject: string) => string} inWords
 * @property {(subject: string) => string} where The subject in words, with what stands before it in a sentence.
 * @property {string} unit What a row stands for.
 * @property {(columns: readonly Column[], rows: readonly (readonly Value[])[]) => readonly (readonly Value[])[]} complete The rows that a viewer expects.
 * @property {(subject: string, key: Value) => number | undefined} slotOf Where a row stands in the chart; undefined where it has no place of its own.
 * @property {(subject: string) => string[]} labels The names of all slots.
 * @property {(key: Value) => string} nameOf
 * @property {(key: Value) => string} shortNameOf
 * @property {string} preposition What stands before a name.
 * @property {(key: Value) => boolean} isMuted Whether its bar has the second colour.
 * @property {(key: Value) => string | undefined} [addressOf] Where more is shown about a row.
 */

/** A row for each day. @type {Kind} */
export const MONTH = {
  prefix: 'month-',
  keyColumn: 'pickup_date',
  inWords: monthInWords,
  unit: 'day',
  where: (month) => `in ${monthInWords(month)}`,
  complete: (_columns, rows) => rows,
  slotOf: (month, day) => (isDay(day) && day.startsWith(month) ? dayOfMonth(day) - 1 : undefined),
  labels: (month) => Array.from({ length: daysIn(month) }, (_, index) => String(index + 1)),
  nameOf: (day) => (isDay(day) ? dayInWords(day) : String(day)),
  shortNameOf: String,
  preposition: 'on',
  isMuted: (day) => isDay(day) && isWeekend(day),
  addressOf: (day) => (isDay(day) ? addressOf({ month: day.slice(0, 7), day }) : undefined),
};

const HOURS = 24;

/** A row for each hour. @type {Kind} */
export const DAY = {
  prefix: 'day-',
  keyColumn: 'hour_of_day',
  inWords: fullDayInWords,
  unit: 'hour',
  where: (day) => `on ${fullDayInWords(day)}`,
  complete: withQuietHours,
  slotOf: (_day, hour) => (isHour(hour) ? Number(hour) : undefined),
  labels: () => Array.from({ length: HOURS }, (_, hour) => String(hour)),
  nameOf: (hour) => (isHour(hour) ? `${clock(Number(hour))} to ${clock(Number(hour) + 1)}` : String(hour)),
  shortNameOf: (hour) => (isHour(hour) ? clock(Number(hour)) : String(hour)),
  preposition: 'from',
  isMuted: () => false,
};

/**
 * The answer has no rows for hours without trips; a viewer expects to see that there were none.
 * @type {Kind['complete']}
 */
function withQuietHours(columns, rows) {
  const key = columns.findIndex(({ name }) => name === DAY.keyColumn);
  const byHour = new Map(rows.map((row) => [row[key], row]));
  if (rows.length === 0 || byHour.size < rows.length || !rows.every((row) => isHour(row[key]))) {
    return rows;
  }
  return Array.from({ length: HOURS }, (_, hour) => byHour.get(hour) ?? columns.map((_column, index) => (index === key ? hour : 0)));
}

/** @param {Value} value */
function isHour(value) {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < HOURS;
}

/** @param {number} hour */
function clock(hour) {
  return `${String(hour).padStart(2, '0')}:00`;
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const DAY = /^\d{4}-(0[1-9]|1[0-2])-\d{2}$/;
const WEEKEND = [0, 6];

const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const fullDayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });

/**
 * Whether a text is a month, such as `2015-01`.
 * @param {string} text
 */
export function isMonth(text) {
  return MONTH.test(text);
}

/**
 * Whether a value is a day of the calendar, such as `2015-01-31`.
 * @param {unknown} value
 * @returns {value is string}
 */
export function isDay(value) {
  return typeof value === 'string' && DAY.test(value) && Number(value.slice(8)) >= 1 && Number(value.slice(8)) <= daysIn(value.slice(0, 7));
}

/**
 * `2015-01` in words: January 2015.
 * @param {string} month
 */
export function monthInWords(month) {
  return monthFormat.format(dateOf(`${month}-01`));
}

/**
 * `2015-01-31` in words: Saturday 31 January.
 * @param {string} day
 */
export function dayInWords(day) {
  return dayFormat.format(dateOf(day)).replace(',', '');
}

/**
 * `2015-01-31` in words, with the year: Saturday 31 January 2015.
 * @param {string} day
 */
export function fullDayInWords(day) {
  return fullDayFormat.format(dateOf(day)).replace(',', '');
}

/**
 * The day so many days later, or earlier.
 * @param {string} day
 * @param {number} count
 */
export function daysAfter(day, count) {
  const date = dateOf(day);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/** @param {string} day */
export function isWeekend(day) {
  return WEEKEND.includes(dateOf(day).getUTCDay());
}

/** @param {string} day */
export function dayOfMonth(day) {
  return Number(day.slice(8, 10));
}

/** @param {string} month */
export function daysIn(month) {
  const date = dateOf(`${month}-01`);
  date.setUTCMonth(date.getUTCMonth() + 1, 0);
  return date.getUTCDate();
}

/** @param {string} day */
function dateOf(day) {
  return new Date(`${day}T00:00:00Z`);
}

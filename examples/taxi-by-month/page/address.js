import { dayInWords, isDay, isMonth, monthInWords } from './calendar.js';

/** @typedef {{ month: string, day?: string }} Place What the page shows: a month, and perhaps a day of it. */

/**
 * What the address of the page names; a day can stand without its month.
 * @returns {Partial<Place> & { problem?: string }}
 */
export function readAddress() {
  const { searchParams } = new URL(location.href);
  const day = searchParams.get('day') ?? undefined;
  if (day !== undefined && !isDay(day)) {
    return { problem: `'${day}' should be a day, such as 2015-01-31.` };
  }
  const month = searchParams.get('month') ?? day?.slice(0, 7);
  if (month === undefined) {
    return {};
  }
  if (!isMonth(month)) {
    return { problem: `'${month}' should be a year and a month, such as 2015-01.` };
  }
  if (day !== undefined && !day.startsWith(month)) {
    return { problem: `${dayInWords(day)} is no day of ${monthInWords(month)}.` };
  }
  return { month, day };
}

/**
 * The address of the page where it shows a place.
 * @param {Place} place
 */
export function addressOf({ month, day }) {
  const address = new URL(location.href);
  address.searchParams.set('month', month);
  if (day === undefined) {
    address.searchParams.delete('day');
  } else {
    address.searchParams.set('day', day);
  }
  return address.href;
}

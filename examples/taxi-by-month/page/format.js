const LOCALE = document.documentElement.lang;

function dateFormatter(options) {
  const format = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: 'UTC' });
  return (date) => format.format(new Date(date));
}

export const formatMonth = dateFormatter({ month: 'long', year: 'numeric' });
export const formatDay = dateFormatter({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
export const formatShortDay = dateFormatter({ weekday: 'short', month: 'short', day: 'numeric' });

const formatTime = dateFormatter({ hour: 'numeric' });
export const formatHour = (hour) => (hour === null ? 'Unknown' : formatTime(Date.UTC(2000, 0, 1, hour)));

/** Formats a large number in little space, such as 12K. */
export const formatCompact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 }).format;

export function formatDuration(milliseconds) {
  return milliseconds < 1000
    ? milliseconds.toLocaleString(LOCALE, { style: 'unit', unit: 'millisecond', maximumFractionDigits: 0 })
    : (milliseconds / 1000).toLocaleString(LOCALE, { style: 'unit', unit: 'second', maximumFractionDigits: 2 });
}

export function formatRowCount(count) {
  return `${count.toLocaleString(LOCALE)} ${count === 1 ? 'row' : 'rows'}`;
}

/** Formats the name of a column, such as "fare_amount", as words. */
export function formatName(name) {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Returns whether a column of this SQL type contains integers or decimals. */
export function isExactNumber(type) {
  return /^(int|numeric)/.test(type);
}

/** Formats a value with all of its digits. A large number is a string, which Intl doesn't round. */
export function formatValue(value, type) {
  if (value === null || !isExactNumber(type)) {
    return String(value ?? '–');
  }
  return new Intl.NumberFormat(LOCALE, { minimumFractionDigits: type === 'numeric' ? 2 : 0, maximumFractionDigits: 20 }).format(value);
}

/** Adds integers and decimals without rounding. Returns a string such as "123450e-2". */
export function sumOf(values) {
  const numbers = values.filter((value) => value !== null).map((value) => String(value).split('.'));
  const scale = Math.max(0, ...numbers.map(([, fraction = '']) => fraction.length));
  const sum = numbers.reduce((total, [integer, fraction = '']) => total + BigInt(integer + fraction.padEnd(scale, '0')), 0n);
  return `${sum}e-${scale}`;
}

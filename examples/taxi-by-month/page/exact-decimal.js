/**
 * A decimal number without rounding: `digits` divided by ten to the power of `scale`.
 * @typedef {{ digits: bigint, scale: number }} Decimal
 */

/** Beyond the range of every SQL number; a longer exponent would only fill the memory. */
const LARGEST_EXPONENT = 400;

/** @type {Decimal} */
export const ZERO = { digits: 0n, scale: 0 };

/**
 * Reads a number as the wire carries it; undefined for anything else, such as NaN.
 * @param {unknown} value
 * @returns {Decimal | undefined}
 */
export function parseDecimal(value) {
  if (typeof value !== 'string' && typeof value !== 'number') {
    return undefined;
  }
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i.exec(String(value));
  if (match === null) {
    return undefined;
  }
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > LARGEST_EXPONENT) {
    return undefined;
  }
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

/**
 * @param {Decimal} left
 * @param {Decimal} right
 * @returns {Decimal}
 */
export function add(left, right) {
  const scale = Math.max(left.scale, right.scale);
  return { digits: widen(left, scale) + widen(right, scale), scale };
}

/**
 * Writes a number with exactly `scale` decimal places and its thousands in groups; halves are rounded away from zero.
 * @param {Decimal} decimal
 * @param {number} scale
 */
export function formatDecimal(decimal, scale) {
  const digits = decimal.scale > scale ? narrow(decimal, scale) : widen(decimal, scale);
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  const whole = BigInt(text.slice(0, text.length - scale)).toLocaleString('en-US');
  const fraction = scale > 0 ? `.${text.slice(-scale)}` : '';
  return `${digits < 0n ? '-' : ''}${whole}${fraction}`;
}

/**
 * @param {Decimal} decimal
 * @param {number} scale
 */
function widen(decimal, scale) {
  return decimal.digits * 10n ** BigInt(scale - decimal.scale);
}

/**
 * @param {Decimal} decimal
 * @param {number} scale
 */
function narrow(decimal, scale) {
  const divisor = 10n ** BigInt(decimal.scale - scale);
  const half = decimal.digits < 0n ? -divisor / 2n : divisor / 2n;
  return (decimal.digits + half) / divisor;
}

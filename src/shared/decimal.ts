const DECIMAL = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:[eE](?<exponent>[+-]?\d+))?$/;

/** The largest and the smallest DOUBLE PRECISION need fewer digits on either side of the decimal point. */
const MAX_DIGITS = 400;

/** A number that JavaScript can't represent, with the digits that the client sent. */
export class ExactNumber {
  constructor(public readonly digits: string) {}
}

/**
 * Canonical form of a number, with all its digits and without an exponent: `1.50` is `1.5`, `1e2` is `100`, `-0` is `0`. Undefined for an invalid
 * number, or one that needs more than 400 digits, without leading and trailing zeros.
 */
export function canonicalDecimal(string: string): string | undefined {
  const parts = DECIMAL.exec(string)?.groups;
  if (!parts) {
    return undefined;
  }
  const { sign, whole, fraction = '', exponent = '0' } = parts;
  const withoutLeadingZeros = (whole + fraction).replace(/^0+/, '');
  const digits = withoutTrailingZeros(withoutLeadingZeros);
  if (digits === '') {
    return '0';
  }
  const point = withoutLeadingZeros.length - fraction.length + Number(exponent);
  if (Math.abs(point) > MAX_DIGITS || digits.length > MAX_DIGITS) {
    return undefined;
  }
  const wholeDigits = digits.slice(0, Math.max(0, point)).padEnd(point, '0') || '0';
  const fractionDigits = digits.slice(Math.max(0, point)).padStart(digits.length - point, '0');
  return sign + wholeDigits + (fractionDigits === '' ? '' : `.${fractionDigits}`);
}

/** A regular expression would take quadratic time for a message full of zeros. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') {
    end -= 1;
  }
  return digits.slice(0, end);
}

/** Negative, zero or positive, as one canonical number is less than, equal to or greater than another. */
export function compareDecimals(one: string, other: string): number {
  const places = Math.max(fractionOf(one).length, fractionOf(other).length);
  const difference = scaled(one, places) - scaled(other, places);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** The digits before the decimal point of a canonical number; empty for zero. */
export function wholeOf(decimal: string): string {
  return decimal.replace('-', '').split('.')[0].replace(/^0$/, '');
}

/** The digits after the decimal point of a canonical number. */
export function fractionOf(decimal: string): string {
  return decimal.split('.')[1] ?? '';
}

function scaled(decimal: string, places: number): bigint {
  return BigInt(decimal.split('.')[0] + fractionOf(decimal).padEnd(places, '0'));
}

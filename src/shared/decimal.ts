const DECIMAL = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:[eE](?<exponent>[+-]?\d{1,9}))?$/;

/** No number that a database holds is written with more zeros than this. */
const LONGEST_EXPANSION = 400;

/** A number that JavaScript cannot hold, by its digits as they were sent. */
export class ExactNumber {
  constructor(public readonly text: string) {}
}

/**
 * The one way to write a number, with all its digits and without an exponent: `1.50` is `1.5`, `1e2` is `100`, `-0` is `0`. Undefined for what
 * is no number, or one with hundreds of digits.
 */
export function canonicalDecimal(text: string): string | undefined {
  const parts = DECIMAL.exec(text)?.groups;
  if (!parts) {
    return undefined;
  }
  const { sign, whole, fraction = '', exponent = '0' } = parts;
  const digits = whole + fraction;
  if (/^0+$/.test(digits)) {
    return '0';
  }
  const point = whole.length + Number(exponent);
  if (Math.abs(point) > LONGEST_EXPANSION || digits.length > LONGEST_EXPANSION) {
    return undefined;
  }
  const padded = '0'.repeat(Math.max(0, -point)) + digits.padEnd(point, '0');
  const place = Math.max(0, point);
  const unsigned = `${padded.slice(0, place).replace(/^0+/, '') || '0'}.${padded.slice(place)}`.replace(/\.?0*$/, '');
  return sign + unsigned;
}

/** Negative, zero or positive, as one canonical number is less than, equal to or greater than another. */
export function compareDecimals(one: string, other: string): number {
  const places = Math.max(fractionOf(one).length, fractionOf(other).length);
  const difference = scaled(one, places) - scaled(other, places);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** The digits before the point of a canonical number; none where only a zero stands there. */
export function wholeOf(decimal: string): string {
  return decimal.replace('-', '').split('.')[0].replace(/^0$/, '');
}

/** The digits after the point of a canonical number. */
export function fractionOf(decimal: string): string {
  return decimal.split('.')[1] ?? '';
}

function scaled(decimal: string, places: number): bigint {
  return BigInt(decimal.split('.')[0] + fractionOf(decimal).padEnd(places, '0'));
}

const DATE = /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)$/;
const TIME = /^(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d)(?:\.(?<fraction>\d{1,6})0*)?)?$/;
const TIMESTAMP = /^(?<date>\d{4}-\d\d-\d\d)[T ](?<time>[\d:.]+)(?<zone>Z|[+-](?:0\d|1[0-5]):?[0-5]\d)?$/;

const MINUTE_MS = 60_000;

/** A date such as `2015-01-31`; undefined if it doesn't exist, such as 2015-02-30. */
export function canonicalDate(string: string): string | undefined {
  const { year, month, day } = DATE.exec(string)?.groups ?? {};
  const date = new Date(`${string}T00:00:00Z`);
  const isDay = year !== undefined && year !== '0000' && date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return isDay ? string : undefined;
}

/**
 * A timestamp such as `2015-01-31 23:59:59.5`, with at most 6 digits of a second; with a time zone in UTC, such as `2015-01-31 23:59:59.5+00`.
 * Undefined if it is invalid, or has a time zone and shouldn't, or has none and should.
 */
export function canonicalTimestamp(string: string, withTimeZone: boolean): string | undefined {
  const { date, time, zone } = TIMESTAMP.exec(string)?.groups ?? {};
  const parts = TIME.exec(time ?? '')?.groups;
  if (!parts || canonicalDate(date) === undefined || (zone !== undefined) !== withTimeZone) {
    return undefined;
  }
  const { hour, minute, second = '00', fraction = '' } = parts;
  const local = new Date(`${date}T${hour}:${minute}:${second}Z`).getTime();
  const timestamp = new Date(local - minutesOf(zone) * MINUTE_MS).toISOString();
  // Years before 1 and after 9999 are written with a sign.
  if (!/^\d{4}-/.test(timestamp) || timestamp.startsWith('0000')) {
    return undefined;
  }
  const digits = fraction.replace(/0+$/, '');
  return `${timestamp.slice(0, 10)} ${timestamp.slice(11, 19)}${digits && `.${digits}`}${withTimeZone ? '+00' : ''}`;
}

/** How far ahead of UTC a time zone is. */
function minutesOf(zone = 'Z'): number {
  if (zone === 'Z') {
    return 0;
  }
  const digits = zone.replace(/\D/g, '');
  return (zone.startsWith('-') ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
}

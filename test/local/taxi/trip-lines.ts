import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

/** Trips of two days of February 2016 and one on each side of the month; the sums below are taken from these. */
export const TRIPS = [
  '2016-01-31|2016-01-31 23:50:00|2016-02-01 00:10:00|1|1|9.9|30.0|35.5|1|before',
  '2016-02-01|2016-02-01 00:00:00|2016-02-01 00:10:30|1|2|1.6|7.0|12.95|1|',
  '2016-02-01|2016-02-01 08:00:00|2016-02-01 08:33:20|1|1|0.1|0.1|0.1|2|é',
  '2016-02-01|2016-02-01 09:00:00|2016-02-01 09:00:00.5|1|||0.2|0.2||a\\b',
  '2016-02-29|2016-02-29 23:59:59|2016-03-01 00:20:00|1|1|16.53|52.0|73.56|1|last',
  '2016-03-01|2016-03-01 00:00:00|2016-03-01 01:00:00|1|1|1.0|5.0|5.0|2|after',
];

/** Writes a file in a folder that goes with the test. */
export function writeTrips(csv: string | Buffer): { readonly file: string; remove(): void } {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'taxi-trips-'));
  const file = path.join(directory, 'trips.psv');
  fs.writeFileSync(file, csv);
  return { file, remove: () => fs.rmSync(directory, { recursive: true }) };
}

/** The monthly sums of the trips, in hundredths and whole seconds, so that no digit is rounded. */
export function monthlySums(lines: readonly string[], month: string): string[][] {
  const days = new Map<string, string[][]>();
  for (const fields of lines.map((line) => line.split('|')).filter(([date]) => date.startsWith(`${month}-`))) {
    days.set(fields[0], [...days.get(fields[0]) ?? [], fields]);
  }
  return [...days].sort(([one], [other]) => (one < other ? -1 : 1)).map(([day, trips]) => {
    const seconds = trips.reduce((sum, [, pickup, dropoff]) => sum + wholeSecond(dropoff) - wholeSecond(pickup), 0);
    const sum = (column: number) => (trips.reduce((total, fields) => total + Math.round(Number(fields[column]) * 100), 0) / 100).toFixed(2);
    return [day, String(trips.length), (Math.round(seconds / 36) / 100).toFixed(2), sum(5), sum(6), sum(7)];
  });
}

function wholeSecond(timestamp: string): number {
  return Math.floor(Date.parse(`${timestamp.replace(' ', 'T')}Z`) / 1000);
}

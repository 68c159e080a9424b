import * as fs from 'node:fs';
import * as path from 'node:path';
import { runCommand } from '../../support/local/command';

const FILE = path.resolve(__dirname, '..', '..', '..', '..', 'shared', 'data', 'nyc_yellow_taxi_2019_03.psv');
const present = fs.existsSync(FILE);
const realTripsIt = present ? it : it.skip;

if (!present) {
  console.warn('The real trips of March 2019 are not on this machine: their test is skipped.');
}

interface Day {
  trips: number;
  seconds: number;
  hundredths: [distance: bigint, fare: bigint, total: bigint];
}

/** Adds up the file by hand: whole seconds, and whole hundredths of miles and dollars. */
function sumsOf(csv: string): Map<string, Day> {
  const days = new Map<string, Day>();
  for (const line of csv.split('\n').filter((entry) => entry !== '')) {
    const [date, pickup, dropoff, , , distance, fare, total] = line.split('|');
    const day = days.get(date) ?? { trips: 0, seconds: 0, hundredths: [0n, 0n, 0n] };
    day.trips += 1;
    day.seconds += (Date.parse(`${dropoff}Z`) - Date.parse(`${pickup}Z`)) / 1000;
    [distance, fare, total].forEach((value, index) => {
      day.hundredths[index] += hundredths(value);
    });
    days.set(date, day);
  }
  return days;
}

function hundredths(value: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(value)!;
  return BigInt(`${sign}${whole}${fraction.padEnd(2, '0')}`);
}

function decimal(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Seconds as hours with two decimals, half away from zero, as DECIMAL rounds. */
function hours(seconds: number): string {
  const sign = seconds < 0 ? -1n : 1n;
  return decimal(sign * ((BigInt(Math.abs(seconds)) * 100n * 2n + 3600n) / 7200n));
}

realTripsIt('prints the sums of each day when run with the real trips of March 2019', async () => {
  const { code, stdout, stderr } = await runCommand('--data', FILE, '--month', '2019-03', '--json');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const expected = [...sumsOf(fs.readFileSync(FILE, 'utf8'))]
    .filter(([date]) => date.startsWith('2019-03-'))
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([date, { trips, seconds, hundredths: sums }]) => [date, trips, hours(seconds), ...sums.map(decimal)]);
  expect(expected).toHaveLength(31);
  expect(JSON.parse(stdout).rows).toEqual(expected);
});

import * as crypto from 'crypto';
import { GENERATED_TRIPS_DIGEST, generatedTrips } from '../../../../local/taxi/generated-trips';
import { lineProblem } from '../../../../local/taxi/trip-file';

interface Trip {
  readonly date: string;
  readonly hour: number;
  readonly seconds: number;
  readonly passengers: string;
  readonly distance: number;
  readonly fare: number;
  readonly total: number;
  readonly payment: string;
  readonly vendor: string;
}

let lines: string[];
let trips: Trip[];
describe('generatedTrips', () => {
  beforeAll(() => {
    lines = [...generatedTrips().lines() as Iterable<string>];
    trips = lines.map((line) => {
      const [date, pickup, dropoff, , passengers, distance, fare, total, payment, vendor] = line.split('|');
      // A trip can end on the next day, but takes less than 24 hours.
      const seconds = (secondOfDay(dropoff) - secondOfDay(pickup) + 86400) % 86400;
      return {
        date,
        hour: Number(pickup.slice(11, 13)),
        seconds,
        passengers,
        distance: Number(distance),
        fare: Number(fare),
        total: Number(total),
        payment,
        vendor,
      };
    });
  });

  function secondOfDay(timestamp: string): number {
    return Number(timestamp.slice(11, 13)) * 3600 + Number(timestamp.slice(14, 16)) * 60 + Number(timestamp.slice(17));
  }

  function mean(values: readonly number[]): number {
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  function median(values: readonly number[]): number {
    return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
  }

  function correlation(one: readonly number[], other: readonly number[]): number {
    const [meanOfOne, meanOfOther] = [mean(one), mean(other)];
    const covariance = (left: readonly number[], leftMean: number, right: readonly number[], rightMean: number) =>
      mean(left.map((value, index) => (value - leftMean) * (right[index] - rightMean)));
    return covariance(one, meanOfOne, other, meanOfOther)
      / Math.sqrt(covariance(one, meanOfOne, one, meanOfOne) * covariance(other, meanOfOther, other, meanOfOther));
  }

  it('generates the same trips on all machines', () => {
    const digest = crypto.createHash('sha256').update(`${lines.join('\n')}\n`).digest('hex');
    expect(digest).toBe(GENERATED_TRIPS_DIGEST);
  });

  it('generates the stated number of trips, in order, on each day of 2015', () => {
    expect(lines).toHaveLength(generatedTrips().rows);
    expect(lines.length).toBeGreaterThan(280000);
    expect(lines.length).toBeLessThan(320000);
    expect(new Set(trips.map(({ date }) => date)).size).toBe(365);
    const pickups = lines.map((line) => line.split('|')[1]);
    expect(pickups.every((pickup, index) => index === 0 || pickups[index - 1] <= pickup)).toBe(true);
  });

  it('generates valid lines with the vendor "generated"', () => {
    const everyTwentieth = lines.filter((_, index) => index % 20 === 0);
    expect(everyTwentieth.filter((line) => lineProblem(line) !== undefined)).toEqual([]);
    expect(new Set(trips.map(({ vendor }) => vendor))).toEqual(new Set(['generated']));
  });

  // The numbers on the right were measured from real trips of March 2019.
  it('matches the distances, durations and fares of real trips', () => {
    const near = (value: number, real: number) => expect(Math.abs(value / real - 1)).toBeLessThan(0.12);
    near(mean(trips.map(({ distance }) => distance)), 2.96);
    near(median(trips.map(({ distance }) => distance)), 1.6);
    near(mean(trips.map(({ seconds }) => seconds)), 847);
    near(median(trips.map(({ seconds }) => seconds)), 655);
    near(mean(trips.map(({ fare }) => fare)), 12.92);
    near(median(trips.map(({ fare }) => fare)), 9.5);
    near(mean(trips.map(({ total }) => total)), 18.88);
    near(median(trips.map(({ total }) => total)), 14.3);
  });

  it('returns longer durations and higher fares for longer trips', () => {
    const distances = trips.map(({ distance }) => distance);
    expect(correlation(distances, trips.map(({ fare }) => fare))).toBeGreaterThan(0.9);
    expect(correlation(distances, trips.map(({ seconds }) => seconds))).toBeGreaterThan(0.7);
    expect(trips.filter(({ fare, total }) => total < fare)).toEqual([]);
  });

  it('matches the passengers and payments of real trips, including NULL', () => {
    const share = (condition: (trip: Trip) => boolean) => trips.filter(condition).length / trips.length;
    expect(share(({ passengers }) => passengers === '1')).toBeCloseTo(3812 / 5451, 2);
    expect(share(({ payment }) => payment === '1')).toBeCloseTo(4000 / 5451, 2);
    expect(share(({ payment }) => payment === '')).toBeCloseTo(39 / 5451, 2);
    expect(share(({ distance }) => distance === 0)).toBeCloseTo(28 / 5451, 2);
  });

  it('generates more trips in the evening than at night, and more on Wednesdays than on Sundays', () => {
    const dates = [...new Set(trips.map(({ date }) => date))];
    const weekdays = new Map(dates.map((date) => [date, new Date(`${date}T00:00:00Z`).getUTCDay()]));
    const ofDay = (weekday: number) => trips.filter(({ date }) => weekdays.get(date) === weekday);
    const inHour = (hour: number) => trips.filter((trip) => trip.hour === hour).length;
    expect(inHour(18) / inHour(4)).toBeGreaterThan(4);
    expect(ofDay(3).length / ofDay(0).length).toBeGreaterThan(1.2);
    const nights = (weekday: number) => ofDay(weekday).filter(({ hour }) => hour < 4).length;
    expect(nights(6) / nights(2)).toBeGreaterThan(2);
  });
});

import * as measured from './measured-trips';
import { RandomNumbers } from './random-numbers';
import { TripSource } from './trip-columns';

/** SHA-256 of all generated lines, which a test verifies. */
export const GENERATED_TRIPS_DIGEST = 'a1078df1d276fb581a850639cc99bfa6de5a47e3a563be88b5e0067597b89a4f';

/** Value of the column `vendorid` of generated trips. */
export const GENERATED_VENDOR = 'generated';

const SEED = 2015;
const DAYS = 365;
/** 1 January 2015 was a Thursday. */
const FIRST_DAY_OF_WEEK = 4;
const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Number of generated trips for each 100 measured trips. */
const SCALE = 467;

/** Trips of all months of 2015. They are the same on all machines. */
export function generatedTrips(): TripSource {
  const rows = tripsByHour().reduce((sum, trips) => sum + trips, 0);
  return {
    description: `${rows.toLocaleString('en-US')} generated trips of 2015`,
    isGenerated: true,
    rows,
    key: GENERATED_TRIPS_DIGEST,
    lines: generateTrips,
  };
}

function* generateTrips(): Generator<string> {
  const random = new RandomNumbers(SEED);
  const dates = allDates();
  for (const [hour, trips] of tripsByHour().entries()) {
    const seconds = Array.from({ length: trips }, () => random.below(3600)).sort((one, other) => one - other);
    for (const second of seconds) yield tripAt(hour, second, random, dates);
  }
}

/** Number of trips that begin in each hour of the year. */
function tripsByHour(): number[] {
  const random = new RandomNumbers(SEED + 1);
  return Array.from({ length: DAYS }, (_, day) => {
    const busyness = 900 + random.below(201);
    return Array.from({ length: 24 }, (_hour, hour) => {
      const usual = measured.TRIPS_BY_HOUR_OF_WEEK[dayOfWeek(day) * 24 + hour] * SCALE;
      return Math.floor(usual * busyness * (900 + random.below(201)) / 10000000000 + random.below(1000) / 1000);
    });
  }).flat();
}

function tripAt(hourOfYear: number, second: number, random: RandomNumbers, dates: readonly string[]): string {
  const day = Math.floor(hourOfYear / 24);
  const pickup = hourOfYear * 3600 + second;
  const distance = random.below(100000) < measured.WITHOUT_DISTANCE ? 0 : random.between(measured.DISTANCES);
  const duration = durationOf(distance, hourOfYear, random);
  const fare = fareOf(distance, duration, random);
  const payment = random.pick(measured.PAYMENTS);
  return [
    dates[day],
    timestamp(pickup, dates),
    timestamp(pickup + duration, dates),
    measured.RATE_CODE,
    random.pick(measured.PASSENGERS),
    hundredths(distance),
    hundredths(fare),
    hundredths(totalOf(fare, distance, hourOfYear, payment, random)),
    payment,
    GENERATED_VENDOR,
  ].join('|');
}

function durationOf(distance: number, hourOfYear: number, random: RandomNumbers): number {
  if (distance === 0) return random.below(90);
  const { speed } = measured.SPEEDS.find(({ below }) => distance < below)!;
  const byDay = isWeekend(hourOfYear) ? measured.SPEED_ON_WEEKENDS : measured.SPEED_ON_WEEKDAYS;
  const factors = measured.SPEED_BY_HOUR[hourOfYear % 24] * byDay * random.between(measured.SPEED_RESIDUALS);
  const milesPerHour = Math.max(100, Math.floor(speed * factors / 1000000000));
  return Math.floor(distance * 3600 / milesPerHour);
}

function fareOf(distance: number, duration: number, random: RandomNumbers): number {
  const exact = measured.FARE_BASE + Math.floor(measured.FARE_PER_MILE * distance / 100) + Math.floor(measured.FARE_PER_MINUTE * duration / 60)
    + random.between(measured.FARE_RESIDUALS);
  return Math.max(measured.MIN_FARE, Math.floor((exact + measured.FARE_STEP / 2) / measured.FARE_STEP) * measured.FARE_STEP);
}

function totalOf(fare: number, distance: number, hourOfYear: number, payment: string, random: RandomNumbers): number {
  const hour = hourOfYear % 24;
  const isNight = hour >= 20 || hour < 6;
  const isRushHour = hour >= 16 && hour < 20 && !isWeekend(hourOfYear);
  const charged = fare + measured.TAX_AND_IMPROVEMENT + (isNight ? measured.NIGHT : 0) + (isRushHour ? measured.RUSH_HOUR : 0)
    + (random.below(1000) < measured.WITH_CONGESTION ? measured.CONGESTION : 0)
    + (distance >= 600 && random.below(1000) < measured.WITH_TOLL ? measured.TOLL : 0);
  return payment === '1' ? charged + Math.floor(charged * random.between(measured.TIPS) / 1000) : charged;
}

function dayOfWeek(day: number): number {
  return (day + FIRST_DAY_OF_WEEK) % 7;
}

function isWeekend(hourOfYear: number): boolean {
  return [0, 6].includes(dayOfWeek(Math.floor(hourOfYear / 24)));
}

/** All dates of the year, and the dates after it on which the last trips can end. */
function allDates(): string[] {
  const dates = MONTH_LENGTHS.flatMap((length, month) =>
    Array.from({ length }, (_, day) => `2015-${twoDigits(month + 1)}-${twoDigits(day + 1)}`));
  return [...dates, '2016-01-01', '2016-01-02'];
}

function timestamp(second: number, dates: readonly string[]): string {
  const ofDay = second % 86400;
  const time = [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60].map(twoDigits).join(':');
  return `${dates[Math.floor(second / 86400)]} ${time}`;
}

function hundredths(value: number): string {
  return `${Math.floor(value / 100)}.${twoDigits(value % 100)}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

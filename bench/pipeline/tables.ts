import { dollarsOf, redshiftDollars } from '../prices';
import type { Prices } from '../prices';
import { formatTable } from '../report/markdown-table';
import type { FunctionMeasurement, Measurement } from './measurement/measure';

const MILLION = 1_000_000;
const SERVICES = ['API Gateway', 'Lambda', 'DynamoDB', 'SQS', 'S3'];

/** The dollars of a million queries. */
export interface MillionQueries {
  readonly byService: Readonly<Record<string, number>>;
  /** Without Redshift. */
  readonly total: number;
  readonly redshift: number;
  readonly withRedshiftPerViewer: number;
}

export function millionQueries({ usage, viewers, redshiftSeconds }: Measurement, prices: Prices, capacity: number): MillionQueries {
  const { byService, total } = dollarsOf(usage, prices);
  const redshift = redshiftDollars(redshiftSeconds, capacity, prices);
  return {
    byService: Object.fromEntries(Object.entries(byService).map(([service, amount]) => [service, amount * MILLION])),
    total: total * MILLION,
    redshift: redshift * MILLION,
    withRedshiftPerViewer: (total + redshift) * MILLION / viewers,
  };
}

/** A table of Markdown with its heading. */
export interface TitledTable {
  readonly title: string;
  readonly content: string;
}

/** The measurements as tables of Markdown. */
export function tablesOf(measurements: readonly Measurement[], prices: Prices, capacity: number): TitledTable[] {
  const time = table(['Until ExecuteStatement', 'From the end of the statement to the first row', 'Calls', 'Overhead, median', 'Overhead, p99'], measurements,
    ({ sequences, calls, overhead }) =>
      [String(sequences?.untilStatement ?? '–'), String(sequences?.untilRows ?? '–'), count(calls), ms(overhead.median), ms(overhead.p99)]);
  const usage = table(['Read units', 'Write units', 'SQS requests', 'Messages', 'Invocations', 'Lambda'], measurements,
    ({ usage: { readUnits, writeUnits, queueRequests, apiMessages, invocations }, functions }) =>
      [...[readUnits, writeUnits, queueRequests, apiMessages, invocations].map(count), functions.map(functionCell).join(', ')]);
  const cost = table([...SERVICES, 'Total', `Redshift, ${capacity} RPU`, 'With Redshift, per viewer'], measurements, (measurement) => {
    const { byService, total, redshift, withRedshiftPerViewer } = millionQueries(measurement, prices, capacity);
    return [...SERVICES.map((service) => byService[service]), total, redshift, withRedshiftPerViewer].map(dollars);
  });
  return [
    { title: 'Calls and time', content: time },
    { title: 'Usage of a query', content: usage },
    { title: `Dollars of a million queries, by the list prices of ${prices.region} on ${prices.date}`, content: cost },
  ];
}

function table(head: readonly string[], measurements: readonly Measurement[], cells: (measurement: Measurement) => readonly string[]): string {
  return formatTable(['Implementation', 'SQL', 'Viewers', ...head], measurements.map((measurement) =>
    [measurement.implementation, ms(measurement.sqlMilliseconds), String(measurement.viewers), ...cells(measurement)]));
}

function functionCell({ name, memoryMb, invocations, milliseconds }: FunctionMeasurement): string {
  return `${name} (${memoryMb} MB) ${count(invocations)} × ${ms(milliseconds / invocations)}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function dollars(value: number): string {
  return `$${value.toFixed(2)}`;
}

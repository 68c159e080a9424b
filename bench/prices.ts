import * as fs from 'node:fs';
import * as path from 'node:path';
import { USAGE_NAMES } from './usage';
import type { Usage } from './usage';

const FILE = path.join(__dirname, 'prices.json');
const SECONDS_PER_HOUR = 3600;

/** Price of a number of units. */
export interface Price {
  readonly service: string;
  readonly unit: string;
  readonly dollars: number;
  readonly per: number;
  /** The AWS page of the price. */
  readonly page: string;
  /** A page that states the same price. */
  readonly confirmedBy: string;
}

/** List prices of one Region at one date. */
export interface Prices {
  readonly date: string;
  readonly region: string;
  readonly prices: Readonly<Record<keyof Usage | 'capacityHours', Price>>;
}

/** Dollars by service. */
export interface Dollars {
  readonly byService: Readonly<Record<string, number>>;
  readonly total: number;
}

export function readPrices(): Prices {
  return JSON.parse(fs.readFileSync(FILE, 'utf8')) as Prices;
}

/** Returns the dollars of a number of units. */
export function priceOf(name: keyof Usage, units: number, { prices }: Prices): number {
  const { dollars, per } = prices[name];
  return units * dollars / per;
}

/** Returns the dollars of a usage, without Redshift. */
export function dollarsOf(usage: Usage, prices: Prices): Dollars {
  const byService: Record<string, number> = {};
  for (const name of USAGE_NAMES) {
    const { service } = prices.prices[name];
    byService[service] = (byService[service] ?? 0) + priceOf(name, usage[name], prices);
  }
  return { byService, total: Object.values(byService).reduce((total, dollars) => total + dollars, 0) };
}

/** Returns the dollars of the time of Redshift Serverless with a capacity in RPU. */
export function redshiftDollars(seconds: number, capacity: number, { prices: { capacityHours } }: Prices): number {
  return seconds / SECONDS_PER_HOUR * capacity * capacityHours.dollars / capacityHours.per;
}

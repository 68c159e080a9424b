import * as fs from 'node:fs';
import * as path from 'node:path';
import { dollarsOf, priceOf, readPrices, redshiftDollars } from '../../bench/prices';
import { NO_USAGE, USAGE_NAMES } from '../../bench/usage';
import { pipelineFunctions, templateOf } from '../support/construct';

const PRICES = readPrices();

describe('price file', () => {
  it('has a price with an AWS page for everything that is counted, and for the time of Redshift', () => {
    expect(Object.keys(PRICES.prices).sort()).toEqual([...USAGE_NAMES, 'capacityHours'].sort());
    for (const { page, dollars, per } of Object.values(PRICES.prices)) {
      expect(page).toMatch(/^https:\/\/aws\.amazon\.com\//);
      expect(dollars).toBeGreaterThanOrEqual(0);
      expect(per).toBeGreaterThan(0);
    }
  });
});

describe('dollarsOf', () => {
  it('adds the dollars of each service', () => {
    const prices = { ...PRICES, prices: { ...PRICES.prices, readUnits: { ...PRICES.prices.readUnits, dollars: 0.25, per: 10 } } };
    const { byService, total } = dollarsOf({ ...NO_USAGE, readUnits: 20, writeUnits: 1_000_000, queueRequests: 1_000_000 }, prices);
    expect(byService).toMatchObject({ 'DynamoDB': 0.5 + PRICES.prices.writeUnits.dollars, 'SQS': PRICES.prices.queueRequests.dollars, 'API Gateway': 0 });
    expect(total).toBeCloseTo(0.5 + PRICES.prices.writeUnits.dollars + PRICES.prices.queueRequests.dollars, 10);
  });
});

describe('redshiftDollars', () => {
  it('multiplies hours, capacity and price', () => {
    expect(redshiftDollars(1800, 8, PRICES)).toBeCloseTo(4 * PRICES.prices.capacityHours.dollars, 10);
  });
});

describe('docs/cost.md', () => {
  it.each([1, 10])('has the dollars of a million waits of %i seconds in the memory of OnMessage', (seconds) => {
    const gigabytes = pipelineFunctions(templateOf())['on-message'].MemorySize / 1024;
    const page = fs.readFileSync(path.join(__dirname, '..', '..', 'docs', 'cost.md'), 'utf8');
    expect(page).toContain(`$${priceOf('gigabyteSeconds', 1_000_000 * gigabytes * seconds, PRICES).toFixed(2)}`);
  });
});

import Table from 'cli-table3';
import { usageOf } from './cost-model';
import { COST_HELP, parseCostOptions } from './options';
import type { CostOptions } from './options';
import { readCounts } from '../pipeline/counts/counts-file';
import { priceOf, readPrices, redshiftDollars } from '../prices';
import type { Prices } from '../prices';
import { USAGE_NAMES } from '../usage';

const MILLISECONDS = 1000;

/** Units and dollars of one price. */
interface Line {
  readonly service: string;
  readonly unit: string;
  readonly units: number;
  readonly dollars: number;
}

function main(args: readonly string[]): void {
  const options = parseCostOptions(args);
  if (options === undefined) {
    process.stdout.write(COST_HELP);
    return;
  }
  const prices = readPrices();
  const lines = linesOf(options, prices);
  const total = lines.reduce((sum, { dollars }) => sum + dollars, 0);
  const redshift = redshiftDollars(options.queries * options.sqlMilliseconds / MILLISECONDS, options.capacity, prices);
  const { date, region } = prices;
  process.stdout.write(options.json
    ? `${JSON.stringify({ prices: { date, region }, workload: options, lines, total, redshift }, null, 2)}\n`
    : `${tableOf(lines)}\n${sentencesOf(options, prices, total, redshift)}`);
}

function linesOf(options: CostOptions, prices: Prices): Line[] {
  const usage = usageOf(options, readCounts().counts);
  return USAGE_NAMES.filter((name) => usage[name] > 0).map((name) => {
    const { service, unit } = prices.prices[name];
    return { service, unit, units: usage[name], dollars: priceOf(name, usage[name], prices) };
  });
}

function tableOf(lines: readonly Line[]): string {
  const head = ['Service', 'Unit', 'Units', 'Dollars'];
  const table = new Table({ head, colAligns: ['left', 'left', 'right', 'right'], style: { head: [], border: [] } });
  table.push(...lines.map(({ service, unit, units, dollars }) => [service, unit, Math.round(units).toLocaleString('en-US'), dollarsOf(dollars)]));
  return table.toString();
}

function sentencesOf(
  { queries, viewers, sqlMilliseconds, capacity }: CostOptions, { date, region }: Prices, total: number, redshift: number,
): string {
  return [
    `Total: ${dollarsOf(total)}, or ${dollarsOf(total / queries / viewers * 1e6)} per million results (list prices of ${region} on ${date}).`,
    `Redshift Serverless: ${dollarsOf(redshift)} for ${queries.toLocaleString('en-US')} statements of ${sqlMilliseconds} ms with ${capacity} RPU.`,
    '',
  ].join('\n');
}

function dollarsOf(dollars: number): string {
  return `$${dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

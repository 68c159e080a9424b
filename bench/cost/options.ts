import { parseArgs } from 'node:util';
import type { Workload } from './cost-model';

export interface CostOptions extends Workload {
  readonly capacity: number;
  readonly json: boolean;
}

const DEFAULTS = { 'queries': '1e6', 'rows': '31', 'viewers': '1', 'sql': '500', 'connection-minutes': '0', 'rpu': '8' };

export const COST_HELP = `Computes the dollars of a number of queries, from the counted calls of the pipeline and the list prices of AWS.

  npm run cost -- [OPTIONS]

  --queries N             number of different queries (default ${DEFAULTS.queries})
  --viewers N             viewers that submit each query at the same time (default ${DEFAULTS.viewers})
  --rows N                rows of each result (default ${DEFAULTS.rows})
  --sql MS                duration of the SQL, in milliseconds (default ${DEFAULTS.sql})
  --connection-minutes N  minutes of all connections together (default ${DEFAULTS['connection-minutes']})
  --rpu N                 capacity of Redshift Serverless (default ${DEFAULTS.rpu})
  --json                  print a JSON document instead of the table
  --help                  print this help

Numbers can have an exponent, such as 1e6. docs/cost.md explains the model.
`;

/** Parses the options. Returns undefined for `--help`. Throws if an option is invalid. */
export function parseCostOptions(args: readonly string[]): CostOptions | undefined {
  const string = (name: keyof typeof DEFAULTS) => ({ type: 'string', default: DEFAULTS[name] }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      'queries': string('queries'),
      'viewers': string('viewers'),
      'rows': string('rows'),
      'sql': string('sql'),
      'connection-minutes': string('connection-minutes'),
      'rpu': string('rpu'),
      'json': { type: 'boolean', default: false },
      'help': { type: 'boolean', default: false },
    },
  });
  return values.help ? undefined : {
    queries: parseNumber('--queries', values.queries, 1),
    viewers: parseNumber('--viewers', values.viewers, 1),
    rows: parseNumber('--rows', values.rows, 0),
    sqlMilliseconds: parseNumber('--sql', values.sql, 0),
    connectionMinutes: parseNumber('--connection-minutes', values['connection-minutes'], 0),
    capacity: parseNumber('--rpu', values.rpu, 1),
    json: values.json,
  };
}

function parseNumber(name: string, option: string, min: number): number {
  const value = option.trim() === '' ? NaN : Number(option);
  if (!Number.isSafeInteger(value) || value < min) {
    throw new Error(`${name} is invalid: "${option}": use an integer of at least ${min}, such as 1e6`);
  }
  return value;
}

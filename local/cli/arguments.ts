import { parseArgs } from 'node:util';

/** The options of `npm start`. */
export interface Arguments {
  readonly help: boolean;
  readonly verbose: boolean;
  /** Port of the page. */
  readonly port?: number;
  /** Month to query once, instead of serving the page. */
  readonly month?: string;
  /** Day to query once, instead of serving the page. */
  readonly day?: string;
  readonly json: boolean;
  readonly data?: string;
  readonly postgres?: string;
}

export const DEFAULT_PORT = 8080;

export const HELP = `Runs the taxi application on this machine, without an AWS account. A local AWS runs the synthesized
template with the bundled functions and an embedded database.

Usage: npm start [-- OPTIONS]

  --port PORT       Port of the page on 127.0.0.1 (default: ${DEFAULT_PORT}).
  --month MONTH     Query one month, such as 2015-01, print one row for each day, and exit.
  --day DAY         Query one day, such as 2015-01-12, print one row for each hour that has trips,
                    and exit.
  --json            With --month or --day: print the result as one JSON document.
  --data FILE       Load trips from a file: one trip for each line, fields separated by |, columns
                    in the order of examples/taxi-by-month/sql/create-table.sql. An empty field is
                    NULL (default: generated trips of 2015).
  --postgres URL    Use a PostgreSQL server instead of the embedded database, such as
                    postgres://user:password@127.0.0.1:5432/database. The program creates the table
                    nyc_yellow_taxi. It never replaces a table that another program created.
  --verbose         Print the logs of the functions.
  --help            Print this help.

The result goes to standard output, all other output to standard error. To suppress the two lines
that npm prints to standard output, run: npm start --silent -- --month 2015-01 --json
`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  verbose: { type: 'boolean', default: false },
  port: { type: 'string' },
  month: { type: 'string' },
  day: { type: 'string' },
  json: { type: 'boolean', default: false },
  data: { type: 'string' },
  postgres: { type: 'string' },
} as const;

/** Parses the command line. Throws if an option is unknown or invalid. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values } = parseOptions(argv);
  const { help = false, verbose = false, month, day, json = false, data, postgres } = values;
  if (month !== undefined && day !== undefined) {
    throw new Error(`--month ${month} and --day ${day} can't be combined: use one of them`);
  }
  if (json && month === undefined && day === undefined) {
    throw new Error('--json requires a query: add --month, such as --month 2015-01, or --day, such as --day 2015-01-12');
  }
  return { help, verbose, port: parsePort(values.port), month, day, json, data, postgres: parsePostgresUrl(postgres) };
}

function parseOptions(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false });
  } catch (error) {
    throw new Error(`${(error as Error).message}: to list the options, run npm start -- --help`);
  }
}

/** The URL can contain a password, so the error doesn't repeat it. */
function parsePostgresUrl(url?: string): string | undefined {
  if (url !== undefined && !(URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol))) {
    throw new Error('--postgres must be the URL of a PostgreSQL server, such as postgres://user:password@127.0.0.1:5432/database');
  }
  return url;
}

function parsePort(value?: string): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const port = Number(value);
  if (!/^\d+$/.test(value) || port < 1 || port > 65535) {
    throw new Error(`--port is invalid: "${value}": use a number from 1 to 65535`);
  }
  return port;
}

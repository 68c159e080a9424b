import { parseArgs } from 'node:util';

/** What `npm start` was asked to do. */
export interface Arguments {
  readonly help: boolean;
  readonly verbose: boolean;
  /** The port of the page; undefined when none was asked for. */
  readonly port?: number;
  /** Ask for the days of this month once and end, in place of serving the page. */
  readonly month?: string;
  /** Ask for the hours of this day once and end, in place of serving the page. */
  readonly day?: string;
  readonly json: boolean;
  readonly data?: string;
  readonly postgres?: string;
}

export const DEFAULT_PORT = 8080;

export const HELP = `The taxi application, with no AWS account: the synthesized template, the bundled functions, an embedded database.

  npm start [-- OPTIONS]

  --port PORT       the port of the page on 127.0.0.1 (default ${DEFAULT_PORT})
  --month MONTH     ask for a month such as 2015-01 once, print its rows, and end
  --day DAY         ask for a day such as 2015-01-12 once, print a row for each hour with trips,
                    and end
  --json            with --month or --day: print one JSON document
  --data FILE       trips from a file, fields separated by |, in the column order of
                    examples/taxi-by-month/sql/create-table.sql; an empty field is NULL
                    (default: generated trips of 2015)
  --postgres URL    a PostgreSQL server in place of the embedded database, such as
                    postgres://user:password@127.0.0.1:5432/database; a table
                    nyc_yellow_taxi that this program did not load is never touched
  --verbose         show what every function logs
  --help            show this

Only the document or the table is on standard output, everything else on standard error; npm itself
adds two lines of its own to standard output unless told: npm start --silent -- --month 2015-01 --json
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

/** Reads the command line. Throws an Error that says what is wrong with it. */
export function parseArguments(words: readonly string[]): Arguments {
  const { values } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: false });
  const { help = false, verbose = false, month, day, json = false, data, postgres } = values;
  if (month !== undefined && day !== undefined) {
    throw new Error(`--month ${month} and --day ${day} are two questions: give one of them`);
  }
  if (json && month === undefined && day === undefined) {
    throw new Error('--json prints the answer to one question: add --month, such as --month 2015-01, or --day, such as --day 2015-01-12');
  }
  return { help, verbose, port: portOf(values.port), month, day, json, data, postgres: postgresOf(postgres) };
}

/** The address may hold a password, so no error repeats it. */
function postgresOf(text?: string): string | undefined {
  if (text !== undefined && !(URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol))) {
    throw new Error('--postgres takes the URL of a server, such as postgres://user:password@127.0.0.1:5432/database');
  }
  return text;
}

function portOf(text?: string): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw new Error(`--port '${text}' is not a port: give a number from 1 to 65535`);
  }
  return port;
}

import { parseArgs } from 'node:util';
import { parseInteger } from '../integer-option';
import { DEFAULT_LATENCIES, LATENCY_NAMES } from './latency/latencies';
import type { Latencies } from './latency/latencies';

export interface PipelineOptions {
  readonly queries: number;
  readonly sharedQueries: number;
  readonly viewers: readonly number[];
  readonly sqlMilliseconds: readonly number[];
  readonly rows: number;
  readonly intervalMilliseconds: number;
  readonly capacity: number;
  readonly latencies: Latencies;
  readonly json: boolean;
  readonly writeCounts: boolean;
  readonly writeDocs: boolean;
}

const NUMBERS = { queries: '200', rows: '31', interval: '500', rpu: '8' };
const { dynamodb, sqs, connections, 'redshift-data': redshiftData, s3, 'parameter-store': parameterStore, event, 'cold-start': coldStart } = DEFAULT_LATENCIES;

export const PIPELINE_HELP = `Measures the pipeline and a baseline on the local AWS, with a fixed latency for each service.

  npm run bench -- pipeline [OPTIONS]

  --queries N          queries of one viewer (default ${NUMBERS.queries})
  --shared-queries N   queries of several viewers, each submitted by all of them (default a tenth of --queries)
  --viewers N,...      numbers of viewers (default 1,100)
  --sql MS,...         durations of the SQL, in milliseconds (default 50,500,5000)
  --rows N             rows of a result (default ${NUMBERS.rows})
  --interval MS        time between two queries of one viewer (default ${NUMBERS.interval})
  --rpu N              capacity of Redshift Serverless (default ${NUMBERS.rpu})
  --write-counts       write bench/pipeline-counts.json, which npm run cost uses, instead of the measurement
  --write-docs         write the tables into docs/performance.md, too
  --json               print a JSON document instead of the tables
  --help               print this help

Latencies in milliseconds:

  --dynamodb MS        DynamoDB (default ${dynamodb})
  --sqs MS             SQS (default ${sqs})
  --connections MS     API Gateway, posts to connections (default ${connections})
  --redshift-data MS   Redshift Data API (default ${redshiftData})
  --s3 MS              S3 (default ${s3})
  --parameter-store MS Parameter Store (default ${parameterStore})
  --event MS           from the end of a statement to a warm function (default ${event})
  --cold-start MS      minimum duration of a cold start (default ${coldStart})

Standard output contains only the document or the tables. bench/README.md explains the columns.
`;

/** Parses the options after `pipeline`. Returns undefined for `--help`. Throws if an option is invalid. */
export function parsePipelineOptions(args: readonly string[]): PipelineOptions | undefined {
  const string = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      'queries': { ...string, default: NUMBERS.queries },
      'shared-queries': string,
      'viewers': { ...string, default: '1,100' },
      'sql': { ...string, default: '50,500,5000' },
      'rows': { ...string, default: NUMBERS.rows },
      'interval': { ...string, default: NUMBERS.interval },
      'rpu': { ...string, default: NUMBERS.rpu },
      'write-counts': flag,
      'write-docs': flag,
      'json': flag,
      'help': flag,
      ...Object.fromEntries(LATENCY_NAMES.map((name) => [name, { ...string, default: String(DEFAULT_LATENCIES[name]) }])) as
        Record<keyof Latencies, { type: 'string'; default: string }>,
    },
  });
  const queries = parseInteger('--queries', values.queries, 1);
  return values.help ? undefined : {
    queries,
    sharedQueries: values['shared-queries'] === undefined ? Math.max(1, Math.round(queries / 10)) : parseInteger('--shared-queries', values['shared-queries'], 1),
    viewers: parseList('--viewers', values.viewers),
    sqlMilliseconds: parseList('--sql', values.sql),
    rows: parseInteger('--rows', values.rows, 1),
    intervalMilliseconds: parseInteger('--interval', values.interval, 0),
    capacity: parseInteger('--rpu', values.rpu, 1),
    latencies: Object.fromEntries(LATENCY_NAMES.map((name) => [name, parseInteger(`--${name}`, values[name], 0)])) as unknown as Latencies,
    json: values.json,
    writeCounts: values['write-counts'],
    writeDocs: values['write-docs'],
  };
}

function parseList(name: string, option: string): number[] {
  return option.split(',').map((item) => parseInteger(name, item, 1));
}

import type { Arguments } from './arguments';
import { DEFAULT_PORT } from './arguments';
import { build } from './build';
import { formatTable } from './format-result';
import { requireFreePort } from './port';
import { CACHE } from './project';
import { runQuery } from './run-query';
import type { ExampleQuery } from './run-query';
import type { Shutdown } from './shutdown';
import type { Steps } from './steps';
import { synthesize } from './synthesize';
import { LocalAws } from '../aws';
import { startRedshiftData } from '../redshift/data-api/redshift-data';
import { openTaxiDatabase } from '../taxi/taxi-database';
import type { TaxiDatabase } from '../taxi/taxi-database';

const ENDPOINT_OUTPUT = 'RedshiftDataApiWebSocketEndpoint';

/** Builds the project, loads the trips and starts the local AWS. Then serves the page until Ctrl-C, or runs one query. */
export async function runApplication(options: Arguments, steps: Steps, shutdown: Shutdown): Promise<void> {
  const query = queryOf(options);
  const port = options.port ?? (query === undefined ? DEFAULT_PORT : 0);
  if (port !== 0) {
    await requireFreePort(port);
  }
  await build(steps);
  const database = await openDatabase(options, steps, shutdown);
  const aws = await startAws(options, port, database, steps, shutdown);
  if (query !== undefined) {
    await printResult(query, options.json, aws.outputs[ENDPOINT_OUTPUT]);
  } else {
    steps.writeLine();
    steps.writeLine(`  Page:       http://127.0.0.1:${aws.port}`);
    steps.writeLine(`  WebSocket:  ${aws.outputs[ENDPOINT_OUTPUT]}`);
    steps.writeLine('  Press Ctrl-C to stop.');
    await shutdown.untilInterrupted();
  }
}

async function openDatabase({ data, postgres }: Arguments, steps: Steps, shutdown: Shutdown): Promise<TaxiDatabase> {
  const progress = steps.progress('trips');
  try {
    const open = () => openTaxiDatabase({
      data,
      postgresUrl: postgres,
      cacheDirectory: CACHE,
      onProgress: ({ done, total }) => progress.update(done, total),
    });
    const database = await steps.step('Loading trips', open, ({ description, reused }) => `${reused ? 'Opened' : 'Loaded'} ${description}`);
    shutdown.add(() => database.engine.close());
    return database;
  } catch (error) {
    throw postgres === undefined ? error : new Error(`the PostgreSQL server of --postgres can't be used: ${reasonOf(error)}`);
  } finally {
    progress.stop();
  }
}

/** If a host has several addresses, the error has one part for each of them and no message. */
function reasonOf(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(({ message }) => message).join(', ') : (error as Error).message;
}

async function startAws({ verbose }: Arguments, port: number, database: TaxiDatabase, steps: Steps, shutdown: Shutdown): Promise<LocalAws> {
  const { directory } = await steps.step(
    'Synthesizing examples/taxi-by-month',
    () => synthesize({ notice: noticeOf(database) }),
    ({ reused }) => `${reused ? 'Reused the template of' : 'Synthesized'} examples/taxi-by-month`,
  );
  const aws = await steps.step('Starting the local AWS', () => LocalAws.start({
    assemblyDirectory: directory,
    port,
    redshiftData: (context) => startRedshiftData(context, { engine: database.engine }),
    log: verbose ? (line) => steps.writeLine(`  ${line}`) : undefined,
  }), () => 'Started the local AWS');
  shutdown.add(() => aws.close());
  return aws;
}

function noticeOf({ generated, description }: TaxiDatabase): string {
  return generated ? `Sample data: ${description}. They aren't real trips.` : `Data: ${description}.`;
}

function queryOf({ month, day }: Arguments): ExampleQuery | undefined {
  if (day !== undefined) {
    return { query: 'by_hour', parameters: { day } };
  }
  return month === undefined ? undefined : { query: 'default', parameters: { trip_month: month } };
}

async function printResult(query: ExampleQuery, json: boolean, url: string): Promise<void> {
  const result = await runQuery(url, query);
  const { columns, rows, timing } = result;
  process.stdout.write(`${json ? JSON.stringify({ columns, rows, timing }) : formatTable(result)}\n`);
}

import type { Arguments } from './arguments';
import { DEFAULT_PORT } from './arguments';
import { askOnce } from './ask-once';
import type { Question } from './ask-once';
import { build } from './build';
import type { Closing } from './closing';
import { requireFreePort } from './port';
import { asTable } from './print-answer';
import { CACHE } from './project';
import type { Steps } from './steps';
import { synthesize } from './synthesize';
import { LocalAws } from '../aws';
import { startRedshiftData } from '../redshift/data-api/redshift-data';
import { openTaxiDatabase } from '../taxi/taxi-database';
import type { TaxiDatabase } from '../taxi/taxi-database';

const ENDPOINT_OUTPUT = 'RedshiftDataApiWebSocketEndpoint';

/** Builds, loads and starts what is missing, then serves the page until Ctrl-C, or answers one question. */
export async function runApplication(asked: Arguments, steps: Steps, closing: Closing): Promise<void> {
  const question = questionOf(asked);
  const port = asked.port ?? (question === undefined ? DEFAULT_PORT : 0);
  if (port !== 0) {
    await requireFreePort(port);
  }
  await build(steps);
  const database = await load(asked, steps, closing);
  const aws = await start(asked, port, database, steps, closing);
  if (question !== undefined) {
    await answer(question, asked.json, aws.outputs[ENDPOINT_OUTPUT]);
  } else {
    steps.say();
    steps.say(`  The taxi page:  http://127.0.0.1:${aws.port}`);
    steps.say(`  Its WebSocket:  ${aws.outputs[ENDPOINT_OUTPUT]}`);
    steps.say('  Ctrl-C ends it.');
    await closing.untilInterrupted();
  }
}

async function load({ data, postgres }: Arguments, steps: Steps, closing: Closing): Promise<TaxiDatabase> {
  const progress = steps.progress('trips');
  try {
    const open = () => openTaxiDatabase({
      data,
      postgresUrl: postgres,
      cacheDirectory: CACHE,
      onProgress: ({ done, total }) => progress.update(done, total),
    });
    const database = await steps.step('Loading trips', open, ({ description, reused }) => `${reused ? 'Opened' : 'Loaded'} ${description}`);
    closing.add(() => database.engine.close());
    return database;
  } catch (error) {
    throw postgres === undefined ? error : new Error(`the PostgreSQL server of --postgres cannot be used: ${reasonOf(error)}`);
  } finally {
    progress.stop();
  }
}

/** A host with several addresses fails once for each, and the error of all of them says nothing by itself. */
function reasonOf(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(({ message }) => message).join(', ') : (error as Error).message;
}

async function start({ verbose }: Arguments, port: number, database: TaxiDatabase, steps: Steps, closing: Closing): Promise<LocalAws> {
  const { directory } = await steps.step(
    'Synthesizing examples/taxi-by-month',
    () => synthesize({ notice: noticeOf(database) }),
    ({ reused }) => `${reused ? 'Reused the template of' : 'Synthesized'} examples/taxi-by-month`,
  );
  const aws = await steps.step('Starting the local AWS from the template', () => LocalAws.start({
    assemblyDirectory: directory,
    port,
    redshiftData: (context) => startRedshiftData(context, { engine: database.engine }),
    log: verbose ? (line) => steps.say(`  ${line}`) : undefined,
  }), () => 'Started the local AWS from the template');
  closing.add(() => aws.close());
  return aws;
}

function noticeOf({ generated, description }: TaxiDatabase): string {
  return generated
    ? `These are ${description}, made by a program after the rhythm of real ones: they are not real trips.`
    : `These are ${description}.`;
}

function questionOf({ month, day }: Arguments): Question | undefined {
  if (day !== undefined) {
    return { query: 'by_hour', parameters: { day } };
  }
  return month === undefined ? undefined : { query: 'default', parameters: { trip_month: month } };
}

async function answer(question: Question, json: boolean, url: string): Promise<void> {
  const whole = await askOnce(url, question);
  const { columns, rows, timing } = whole;
  process.stdout.write(`${json ? JSON.stringify({ columns, rows, timing }) : asTable(whole)}\n`);
}

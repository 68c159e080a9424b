import { retryDelaySeconds } from './jobs';
import type { StartJob } from './jobs';
import { ServiceBusy, StatementRefused } from './ports';
import type { Question } from './question';
import { Refusal } from './refusal';
import { NOTHING_SENT, RUN_LIFETIME_SECONDS } from './run';
import type { Run } from './run';
import type { Services } from './services';
import { tell } from './tell';
import type { Connection } from './tell';
import type { AcceptedMessage } from '../protocol/messages';

/**
 * Stores the question, tells the client that it is accepted, and starts its statement, in this order: the event of the statement
 * finds the record, and `accepted` comes before the first row.
 */
export async function ask(services: Services, connection: Connection, question: Question): Promise<void> {
  const run = newRun(services, connection, question);
  if (!await services.store.create(run)) {
    throw new Refusal('id_in_use', 'A query with this id is still being answered; give each query an id of its own.', question.id);
  }
  try {
    if (await announce(services, run)) {
      services.log({ notice: 'query accepted', run: run.run, query: run.query, connectionId: run.connectionId });
      await startStatement(services, run, 1);
    }
  } catch (error) {
    await services.store.remove(run);
    throw error;
  }
}

function newRun(services: Services, connection: Connection, question: Question): Run {
  const askedAt = services.clock.now();
  const { connectionId, connectedAt, opened } = connection;
  return {
    run: services.newRunName(),
    connectionId,
    connectedAt,
    opened,
    ...question,
    askedAt,
    expiresAt: Math.ceil(askedAt / 1000) + RUN_LIFETIME_SECONDS,
    progress: { ...NOTHING_SENT, announced: opened },
  };
}

/** False when the client has left meanwhile. */
async function announce(services: Services, run: Run): Promise<boolean> {
  if (!run.opened) {
    await services.queue.send({ type: 'announce', run: run.run, attempt: 1 });
    return true;
  }
  const isThere = await tell(services, run, acceptedMessage(run));
  if (!isThere) {
    await services.store.remove(run);
  }
  return isThere;
}

export function acceptedMessage(run: Run): AcceptedMessage {
  return { type: 'accepted', id: run.id, result: run.run, shared: false, cached: false };
}

/** Starts the statement of a stored run; while the warehouse is busy, the queue tries again. */
export async function startStatement(services: Services, run: Run, attempt: number): Promise<void> {
  try {
    await services.warehouse.start({ run: run.run, sql: services.queries[run.query].sql, parameters: run.parameters });
  } catch (error) {
    if (error instanceof ServiceBusy) {
      const job: StartJob = { type: 'start', run: run.run, attempt: attempt + 1 };
      services.log({ notice: 'start waits', run: run.run, attempt, reason: error.message });
      await services.queue.send(job, retryDelaySeconds(job.attempt));
    } else if (error instanceof StatementRefused) {
      await giveUp(services, run, error);
    } else {
      throw error;
    }
  }
}

async function giveUp(services: Services, run: Run, error: StatementRefused): Promise<void> {
  services.log({ notice: 'start refused', run: run.run, query: run.query, reason: error.message });
  await services.store.remove(run);
  await tell(services, run, {
    type: 'error',
    result: run.run,
    code: 'start_refused',
    message: 'Redshift refused to start the query; the log of this service says why.',
    retryable: false,
  });
}

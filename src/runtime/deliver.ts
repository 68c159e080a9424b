import { acceptedMessage } from './ask';
import { ServiceBusy } from './ports';
import type { StatementDescription } from './ports';
import { Refusal } from './refusal';
import { sendResult } from './send-result';
import type { Work } from './send-result';
import type { Services } from './services';
import type { CompleteMessage, ErrorMessage } from '../protocol/messages';

/** Answers a run whose statement has ended. Returns false when the time ran out first: the rest is for a later worker. */
export async function deliver(services: Services, work: Work, statementId: string): Promise<boolean> {
  const description = await services.warehouse.describe(statementId);
  if (description.state === 'running') {
    throw new ServiceBusy('the statement has not ended yet');
  }
  noteEventTime(services, work, description);
  await announce(services, work);
  if (description.state !== 'finished') {
    await end(services, work, failureOf(description, work));
    return true;
  }
  try {
    if (description.hasResultSet && !await sendResult(services, work, statementId)) {
      return false;
    }
  } catch (error) {
    if (error instanceof Refusal) {
      await end(services, work, { type: 'error', result: work.run.run, code: error.code, message: error.message, retryable: false });
      return true;
    }
    throw error;
  }
  await end(services, work, completion(description, work));
  return true;
}

/** Tells the client that its query was accepted, unless it was told already. */
export async function announce(services: Services, work: Work): Promise<void> {
  if (!work.progress.announced) {
    await services.connections.post(work.run.connectionId, JSON.stringify(acceptedMessage(work.run)));
    work.progress = { ...work.progress, announced: true };
  }
}

function noteEventTime(services: Services, work: Work, description: StatementDescription): void {
  const { timing } = work.progress;
  const eventMs = timing.eventMs ?? Math.max(0, services.clock.now() - (description.endedAt ?? services.clock.now()));
  work.progress = { ...work.progress, timing: { ...timing, eventMs } };
}

function failureOf(description: StatementDescription, work: Work): ErrorMessage {
  const failed = description.state === 'failed';
  return {
    type: 'error',
    result: work.run.run,
    code: failed ? 'statement_failed' : 'statement_aborted',
    message: description.error ?? (failed ? 'The statement failed; Redshift gave no reason.' : 'The statement was cancelled.'),
    retryable: !failed,
  };
}

function completion(description: StatementDescription, work: Work): CompleteMessage {
  const { rows, bytes, timing: { eventMs = 0, fetchingMs, pushingMs } } = work.progress;
  const { runningMs, endedAt = work.run.askedAt } = description;
  return {
    type: 'complete',
    result: work.run.run,
    rows,
    bytes,
    truncated: false,
    timing: { waitingMs: Math.max(0, Math.round(endedAt - work.run.askedAt - runningMs)), runningMs, eventMs, fetchingMs, pushingMs },
  };
}

/** Frees the client's id, says the last word, then forgets the run: a crash in between says it twice, never not at all. */
async function end(services: Services, work: Work, message: CompleteMessage | ErrorMessage): Promise<void> {
  await services.store.removeRequest(work.run);
  await services.connections.post(work.run.connectionId, JSON.stringify(message));
  await services.store.remove(work.run);
  services.log({ notice: 'query ended', run: work.run.run, query: work.run.query, ending: message.type, rows: work.progress.rows });
}

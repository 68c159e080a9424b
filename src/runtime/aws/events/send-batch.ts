import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { doJob } from '../../delivery/do-job';
import { readJob } from '../../delivery/statement-event';
import type { Job } from '../../model/jobs';
import type { Services } from '../../model/services';
import { errorName } from '../clients/errors';
import { setting } from '../services/environment';
import type { Environment } from '../services/environment';

/**
 * Does the jobs of a batch side by side. Reports the messages that SQS must deliver again; a job that failed is not among them, because a copy of it
 * is in the queue. A message that cannot be read becomes a dead letter at once.
 */
export async function sendBatch(services: Services, event: SQSEvent, deadline: number, environment: Environment): Promise<SQSBatchResponse> {
  const prefix = setting(environment, 'STATEMENT_NAME_PREFIX');
  const done = await Promise.all(event.Records.map((record) => isDone(services, record, async () => {
    const job = jobOf(services, record, prefix);
    await (job === undefined ? services.deadLetters.add(record.body) : doJob(services, job, deadline));
  })));
  return { batchItemFailures: event.Records.filter((_, index) => !done[index]).map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Reads the job of a record; the log has no text of one that cannot be read, and an error about JSON would quote it. */
function jobOf({ log }: Services, { messageId, body }: SQSRecord, prefix: string): Job | undefined {
  try {
    return readJob(body, prefix);
  } catch (error) {
    log({ level: 'error', event: 'message_unreadable', message_id: messageId, reason: errorName(error) });
    return undefined;
  }
}

async function isDone({ log }: Services, { messageId }: SQSRecord, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    log({ level: 'warn', event: 'message_returned', message_id: messageId, reason: String(error) });
    return false;
  }
}

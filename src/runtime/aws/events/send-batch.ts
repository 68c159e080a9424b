import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { processJob } from '../../delivery/process-job';
import { readJob } from '../../delivery/statement-event';
import type { Job } from '../../model/jobs';
import type { Services } from '../../model/services';
import { getErrorName } from '../clients/errors';
import { readSetting } from '../services/environment';
import type { Environment } from '../services/environment';

/**
 * Processes the jobs of a batch concurrently. Returns the messages that SQS must deliver again. Failed jobs aren't among them, because copies are in
 * the queue. An unreadable message becomes a dead letter immediately.
 */
export async function sendBatch(services: Services, event: SQSEvent, deadline: number, environment: Environment): Promise<SQSBatchResponse> {
  const prefix = readSetting(environment, 'STATEMENT_NAME_PREFIX');
  const done = await Promise.all(event.Records.map((record) => tryJob(services, record, async () => {
    const job = parseJob(services, record, prefix);
    await (job === undefined ? services.deadLetters.add(record.body) : processJob(services, job, deadline));
  })));
  return { batchItemFailures: event.Records.filter((_, index) => !done[index]).map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Parses the job of a record. Doesn't log the error message, because a JSON error quotes the input. */
function parseJob({ log }: Services, { messageId, body }: SQSRecord, prefix: string): Job | undefined {
  try {
    return readJob(body, prefix);
  } catch (error) {
    log({ level: 'error', event: 'message_unreadable', message_id: messageId, reason: getErrorName(error) });
    return undefined;
  }
}

async function tryJob({ log }: Services, { messageId }: SQSRecord, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    log({ level: 'warn', event: 'message_returned', message_id: messageId, reason: String(error) });
    return false;
  }
}

import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { countSetting, setting } from './environment';
import type { Environment } from './environment';
import { errorName } from './errors';
import { giveUp } from '../give-up';
import type { Job } from '../jobs';
import { sendMessage } from '../send-message';
import type { Services } from '../services';
import { readJob } from '../statement-event';

/**
 * Does the jobs of a batch side by side, and reports those that failed, for the queue to repeat them alone. A job that is received for the
 * last time is given up, and reported too, so that it becomes a dead letter; but for one that only says something.
 */
export async function sendBatch(services: Services, event: SQSEvent, deadline: number, environment: Environment): Promise<SQSBatchResponse> {
  const prefix = setting(environment, 'STATEMENT_NAME_PREFIX');
  const maximumReceives = countSetting(environment, 'MAXIMUM_RECEIVES');
  const done = await Promise.all(event.Records.map(async (record) => {
    const job = jobOf(services, record, prefix);
    return job !== undefined && isDone(services, record, async () => {
      if (receiveCountOf(record) < maximumReceives) {
        await sendMessage(services, job, deadline);
        return true;
      }
      await giveUp(services, job, deadline);
      // By the time that somebody sends dead letters back its client has gone, and what was to be said is nobody else's to read.
      return job.type === 'post';
    });
  }));
  return { batchItemFailures: event.Records.filter((_, index) => !done[index]).map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Reads the job of a record; the log has no text of one that cannot be read, and an error about JSON would quote it. */
function jobOf({ log }: Services, { messageId, body }: SQSRecord, prefix: string): Job | undefined {
  try {
    return readJob(body, prefix);
  } catch (error) {
    log({ notice: 'message not understood', messageId, reason: errorName(error) });
    return undefined;
  }
}

async function isDone({ log }: Services, record: SQSRecord, work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    log({ notice: 'job failed', messageId: record.messageId, receiveCount: receiveCountOf(record), reason: String(error) });
    return false;
  }
}

function receiveCountOf({ attributes }: SQSRecord): number {
  return Number(attributes.ApproximateReceiveCount);
}

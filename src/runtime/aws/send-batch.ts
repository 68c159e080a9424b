import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { setting } from './environment';
import { sendMessage } from '../send-message';
import type { Services } from '../services';
import { readJob } from '../statement-event';

/** Kept free to report failures before the function is ended, in milliseconds. */
const REPORT_RESERVE_MS = 1000;

/** Does the jobs of a batch side by side, and reports those that failed, for the queue to repeat them alone. */
export async function sendBatch(
  services: Services,
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
  environment: NodeJS.ProcessEnv,
): Promise<SQSBatchResponse> {
  const deadline = services.clock.now() + context.getRemainingTimeInMillis() - REPORT_RESERVE_MS;
  const prefix = setting(environment, 'STATEMENT_NAME_PREFIX');
  const failures = await Promise.all(event.Records.map((record) => failureOf(services, record, prefix, deadline)));
  return { batchItemFailures: failures.flat() };
}

async function failureOf(services: Services, record: SQSRecord, prefix: string, deadline: number): Promise<{ itemIdentifier: string }[]> {
  try {
    await sendMessage(services, readJob(record.body, prefix), deadline);
    return [];
  } catch (error) {
    services.log({ notice: 'job failed', messageId: record.messageId, receiveCount: record.attributes.ApproximateReceiveCount, reason: String(error) });
    return [{ itemIdentifier: record.messageId }];
  }
}

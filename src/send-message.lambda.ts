import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { sendBatch } from './runtime/aws/send-batch';
import { statementServices } from './runtime/aws/services';

const services = statementServices(process.env);

/** Step 6: statements that have ended, and jobs that wait. */
export async function handler(event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> {
  return sendBatch(services, event, context, process.env);
}

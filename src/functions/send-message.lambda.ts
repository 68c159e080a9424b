import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deadlineOf } from '../runtime/aws/events/deadline';
import type { Timed } from '../runtime/aws/events/deadline';
import { sendBatch } from '../runtime/aws/events/send-batch';
import { deliveryServices } from '../runtime/aws/services/delivery-services';

const services = deliveryServices(process.env);

/** Step 6: statements that have ended, and jobs that wait. */
export async function handler(event: SQSEvent, context: Timed): Promise<SQSBatchResponse> {
  return sendBatch(services, event, deadlineOf(context), process.env);
}

import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { getDeadline } from '../runtime/aws/events/deadline';
import type { Timed } from '../runtime/aws/events/deadline';
import { sendBatch } from '../runtime/aws/events/send-batch';
import { createDeliveryServices } from '../runtime/aws/services/delivery-services';

const services = createDeliveryServices(process.env);

/** Step 6: sends the results of ended statements, and continues queued jobs. */
export async function handler(event: SQSEvent, context: Timed): Promise<SQSBatchResponse> {
  return sendBatch(services, event, getDeadline(context), process.env);
}

import { dynamoDbUsage } from './dynamodb-usage';
import { messageUnits, queueRequestUnits } from '../../usage';
import type { Usage } from '../../usage';
import type { IdentifiedCall } from '../latency/identify-call';

interface QueueRequest {
  readonly MessageBody?: string;
  readonly Entries?: readonly { readonly MessageBody: string }[];
}

/** Returns what AWS bills for a call. */
export function callUsage({ service, operation }: IdentifiedCall, request: Buffer, response: Buffer): Partial<Usage> {
  switch (service) {
    case 'dynamodb': return dynamoDbUsage(operation, JSON.parse(request.toString()), JSON.parse(response.toString()));
    case 'sqs': return { queueRequests: queueRequestUnits(bodyBytes(JSON.parse(request.toString()))) };
    case 'connections': return operation === 'PostToConnection' ? { apiMessages: messageUnits(request.length) } : {};
    case 's3': return operation === 'PutObject' ? { objectWrites: 1 } : { objectReads: 1 };
    case 'parameter-store': return { parameterReads: 1 };
    case 'redshift-data': return {};
  }
}

/** A batch is billed by the size of all its messages. */
function bodyBytes({ MessageBody: body, Entries: entries = [] }: QueueRequest): number {
  return [body ?? '', ...entries.map(({ MessageBody }) => MessageBody)].reduce((total, message) => total + Buffer.byteLength(message), 0);
}

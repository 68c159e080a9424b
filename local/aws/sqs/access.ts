import type { Access } from '../iam/access-request';
import type { StackEnvironment } from '../template/template';

interface Input {
  readonly QueueUrl?: string;
  readonly SourceArn?: string;
  readonly DestinationArn?: string;
}

/** Batch operations require the same permissions as single operations. */
const BATCH = /Batch$/;

/** Returns the permissions that a call requires. */
export function sqsAccess(operation: string, input: Input, environment: StackEnvironment): Access[] {
  const { QueueUrl: url, SourceArn: source, DestinationArn: destination } = input;
  const { partition, region, accountId } = environment;
  const resource = source ?? `arn:${partition}:sqs:${region}:${accountId}:${url!.split('/').pop()}`;
  if (operation !== 'StartMessageMoveTask') {
    return [{ action: `sqs:${operation.replace(BATCH, '')}`, resource }];
  }
  // See "Learn how to configure a dead-letter queue redrive" in the SQS developer guide.
  return [
    ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({ action: `sqs:${action}`, resource })),
    ...destination === undefined ? [] : [{ action: 'sqs:SendMessage', resource: destination }],
  ];
}

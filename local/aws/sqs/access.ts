import type { Access } from '../iam/access-request';
import type { StackEnvironment } from '../template/template';

interface Input {
  readonly QueueUrl?: string;
  readonly SourceArn?: string;
  readonly DestinationArn?: string;
}

/** The message operations of a batch are judged as the single ones. */
const BATCH = /Batch$/;

/** What a call of SQS needs; the name of a queue is the end of its address. */
export function sqsAccess(operation: string, input: Input, environment: StackEnvironment): Access[] {
  const { QueueUrl: url, SourceArn: source, DestinationArn: destination } = input;
  const { partition, region, accountId } = environment;
  const resource = source ?? `arn:${partition}:sqs:${region}:${accountId}:${url!.split('/').pop()}`;
  if (operation !== 'StartMessageMoveTask') {
    return [{ action: `sqs:${operation.replace(BATCH, '')}`, resource }];
  }
  // See the prerequisites of a dead-letter queue redrive in the developer guide of SQS.
  return [
    ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({ action: `sqs:${action}`, resource })),
    ...destination === undefined ? [] : [{ action: 'sqs:SendMessage', resource: destination }],
  ];
}

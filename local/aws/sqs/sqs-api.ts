import { sqsAccess } from './access';
import { serviceModel } from '../../service-models';
import { jsonInput } from '../api-endpoint';
import type { ApiService } from '../api-endpoint';
import { AwsError, respondJson } from '../http';
import { invalidParameter, refuseMembers, unsupported, wholeNumber } from './input';
import { MoveTasks } from './move-tasks';
import type { Queue } from './queue';
import { MAXIMUM_DELAY_SECONDS, MAXIMUM_MESSAGE_BYTES } from './queue-plan';
import type { Queues } from './queues';
import type { StackEnvironment } from '../template/template';

interface Entry {
  readonly Id?: unknown;
  readonly MessageBody?: unknown;
  readonly DelaySeconds?: unknown;
  readonly [member: string]: unknown;
}

interface Sent {
  readonly MessageId: string;
  readonly MD5OfMessageBody: string;
}

const MAXIMUM_ENTRIES = 10;
// SQS takes only what XML can carry.
// eslint-disable-next-line no-control-regex
const REFUSED_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The operations of SQS that functions send messages with, and that people send dead letters back with. */
export function sqsApi(queues: Queues, environment: StackEnvironment): ApiService {
  const moveTasks = new MoveTasks(queues);
  const operations = new Map<string, (input: Record<string, unknown>, role: string) => unknown>([
    ['SendMessage', (input, role) => sendMessage(queueOf(queues, input.QueueUrl), input, role)],
    ['SendMessageBatch', (input, role) => sendMessageBatch(queueOf(queues, input.QueueUrl), input, role)],
    ['StartMessageMoveTask', (input) => moveTasks.start(input)],
    ['ListMessageMoveTasks', (input) => moveTasks.list(input)],
  ]);
  return {
    model: serviceModel('sqs'),
    input: jsonInput,
    access: ({ operation }, input) => sqsAccess(operation, input, environment),
    accessDenied: (reason) => new AwsError('AccessDeniedException', reason, 403, 'AccessDenied'),
    invalid: (problem) => invalidParameter(problem),
    serve: ({ operation, role, body }, response) => {
      const run = operations.get(operation);
      if (run === undefined) {
        throw unsupported(`SQS ${operation}`);
      }
      respondJson(response, 200, run(JSON.parse(body.toString('utf8')) as Record<string, unknown>, role));
    },
  };
}

function queueOf(queues: Queues, url: unknown): Queue {
  const queue = typeof url === 'string' ? queues.byUrl(url) : undefined;
  if (queue === undefined) {
    throw new AwsError('QueueDoesNotExist', `the queue ${String(url)} does not exist`, 400, 'AWS.SimpleQueueService.NonExistentQueue');
  }
  return queue;
}

function sendMessage(queue: Queue, { QueueUrl: _, ...entry }: Entry, role: string): Sent {
  return sendEntry(queue, entry, role);
}

function sendMessageBatch(queue: Queue, { QueueUrl: _, Entries: entries, ...rest }: Record<string, unknown>, role: string): unknown {
  refuseMembers(rest);
  const list = checkedEntries(entries);
  const results = list.map(({ Id: id, ...entry }) => {
    try {
      return { successful: { Id: id, ...sendEntry(queue, entry, role) } };
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
      return { failed: { Id: id, SenderFault: true, Code: error.queryCode ?? error.code, Message: error.message } };
    }
  });
  return { Successful: results.flatMap(({ successful = [] }) => successful), Failed: results.flatMap(({ failed = [] }) => failed) };
}

function checkedEntries(entries: unknown): readonly Entry[] {
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', 'the batch has no entries', 400, 'AWS.SimpleQueueService.EmptyBatchRequest');
  }
  if (entries.length > MAXIMUM_ENTRIES) {
    throw new AwsError('TooManyEntriesInBatchRequest', `the batch has ${entries.length} entries, but may have at most ${MAXIMUM_ENTRIES}`, 400,
      'AWS.SimpleQueueService.TooManyEntriesInBatchRequest');
  }
  const list = entries as Entry[];
  if (new Set(list.map(({ Id: id }) => id)).size < list.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'two entries of the batch have the same Id', 400, 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct');
  }
  const bytes = list.reduce((sum, { MessageBody: body }) => sum + Buffer.byteLength(String(body)), 0);
  if (bytes > MAXIMUM_MESSAGE_BYTES) {
    throw new AwsError('BatchRequestTooLong', `the batch has ${bytes} bytes, but may have at most ${MAXIMUM_MESSAGE_BYTES}`, 400,
      'AWS.SimpleQueueService.BatchRequestTooLong');
  }
  return list;
}

function sendEntry(queue: Queue, { MessageBody: body, DelaySeconds: delaySeconds, ...rest }: Entry, senderId: string): Sent {
  refuseMembers(rest);
  if (typeof body !== 'string' || body === '') {
    throw new AwsError('MissingParameter', 'the request must contain the parameter MessageBody', 400, 'MissingParameter');
  }
  const bytes = Buffer.byteLength(body);
  if (bytes > queue.plan.maximumMessageBytes) {
    throw invalidParameter(`the message has ${bytes} bytes, but may have at most ${queue.plan.maximumMessageBytes}`);
  }
  if (REFUSED_CHARACTERS.test(body)) {
    throw new AwsError('InvalidMessageContents', 'the message contains a character that XML does not allow', 400, 'AWS.SimpleQueueService.InvalidMessageContents');
  }
  const { messageId, md5 } = queue.send(body, { delaySeconds: checkedDelay(delaySeconds), senderId });
  return { MessageId: messageId, MD5OfMessageBody: md5 };
}

function checkedDelay(delaySeconds: unknown): number | undefined {
  return delaySeconds === undefined ? undefined : wholeNumber('DelaySeconds', delaySeconds, 0, MAXIMUM_DELAY_SECONDS);
}

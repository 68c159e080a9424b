import { sqsAccess } from './access';
import { serviceModel } from '../../service-models';
import { jsonInput } from '../api-endpoint';
import type { ApiService } from '../api-endpoint';
import { AwsError, respondJson } from '../http';
import { invalidParameter, checkMembers, unsupported, integer } from './input';
import { MoveTasks } from './move-tasks';
import type { Queue } from './queue';
import { MAX_DELAY_SECONDS, MAX_MESSAGE_BYTES } from './queue-plan';
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

const MAX_ENTRIES = 10;
// SQS accepts only characters of XML.
// eslint-disable-next-line no-control-regex
const INVALID_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The SQS API. */
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
    throw new AwsError('QueueDoesNotExist', `The queue ${String(url)} doesn't exist.`, 400, 'AWS.SimpleQueueService.NonExistentQueue');
  }
  return queue;
}

function sendMessage(queue: Queue, { QueueUrl: _, ...entry }: Entry, role: string): Sent {
  return sendEntry(queue, entry, role);
}

function sendMessageBatch(queue: Queue, { QueueUrl: _, Entries: entries, ...rest }: Record<string, unknown>, role: string): unknown {
  checkMembers(rest);
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
    throw new AwsError('EmptyBatchRequest', 'The batch has no entries.', 400, 'AWS.SimpleQueueService.EmptyBatchRequest');
  }
  if (entries.length > MAX_ENTRIES) {
    throw new AwsError('TooManyEntriesInBatchRequest', `The batch has ${entries.length} entries, but must have at most ${MAX_ENTRIES}.`, 400,
      'AWS.SimpleQueueService.TooManyEntriesInBatchRequest');
  }
  const list = entries as Entry[];
  if (new Set(list.map(({ Id: id }) => id)).size < list.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two entries of the batch have the same Id.', 400, 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct');
  }
  const bytes = list.reduce((sum, { MessageBody: body }) => sum + Buffer.byteLength(String(body)), 0);
  if (bytes > MAX_MESSAGE_BYTES) {
    throw new AwsError('BatchRequestTooLong', `The batch has ${bytes} bytes, but must have at most ${MAX_MESSAGE_BYTES}.`, 400,
      'AWS.SimpleQueueService.BatchRequestTooLong');
  }
  return list;
}

function sendEntry(queue: Queue, { MessageBody: body, DelaySeconds: delaySeconds, ...rest }: Entry, senderId: string): Sent {
  checkMembers(rest);
  if (typeof body !== 'string' || body === '') {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.', 400, 'MissingParameter');
  }
  const bytes = Buffer.byteLength(body);
  if (bytes > queue.plan.maxMessageBytes) {
    throw invalidParameter(`The message has ${bytes} bytes, but must have at most ${queue.plan.maxMessageBytes}.`);
  }
  if (INVALID_CHARACTERS.test(body)) {
    throw new AwsError('InvalidMessageContents', 'The message contains an invalid character.', 400, 'AWS.SimpleQueueService.InvalidMessageContents');
  }
  const { messageId, md5 } = queue.send(body, { delaySeconds: checkedDelay(delaySeconds), senderId });
  return { MessageId: messageId, MD5OfMessageBody: md5 };
}

function checkedDelay(delaySeconds: unknown): number | undefined {
  return delaySeconds === undefined ? undefined : integer('DelaySeconds', delaySeconds, 0, MAX_DELAY_SECONDS);
}

import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { SqsQueue } from '../../../src/runtime/aws/sqs-queue';
import { ServiceBusyError } from '../../../src/runtime/model/errors';
import type { RequestJob } from '../../../src/runtime/model/jobs';

const api = mockClient(SQSClient);
const queue = new SqsQueue(new SQSClient({ region: 'us-east-1' }), 'http://127.0.0.1/queue');

beforeEach(() => api.reset());

function jobs(count: number): RequestJob[] {
  return Array.from({ length: count }, (_, index) => ({ type: 'request', connectionId: `c${index}`, id: 'a', attempt: 1 }));
}

function entries() {
  return api.commandCalls(SendMessageBatchCommand).map(({ args: [{ input }] }) => input.Entries!);
}

test('send sends a job with its delay', async () => {
  api.on(SendMessageCommand).resolves({});
  await queue.send(jobs(1)[0], 7);
  expect(api.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input)).toEqual([
    { QueueUrl: 'http://127.0.0.1/queue', MessageBody: JSON.stringify(jobs(1)[0]), DelaySeconds: 7 },
  ]);
});

test('sendAll sends each job once, in batches of 10', async () => {
  api.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
  await queue.sendAll(jobs(1234).map((job) => ({ job })));
  expect(Math.max(...entries().map(({ length }) => length))).toBe(10);
  expect(entries()).toHaveLength(124);
  expect(entries().flat().map(({ MessageBody }) => JSON.parse(MessageBody!))).toEqual(jobs(1234));
  expect(entries().every((batch) => new Set(batch.map(({ Id }) => Id)).size === batch.length)).toBe(true);
});

test('sendAll makes no call when there are no jobs, because SQS rejects an empty batch', async () => {
  await queue.sendAll([]);
  expect(api.calls()).toEqual([]);
});

test('sendAll throws ServiceBusyError when SQS rejects messages of a batch', async () => {
  api.on(SendMessageBatchCommand).resolves({ Failed: ['0', '2'].map((Id) => ({ Id, Code: 'InternalError', SenderFault: false })) });
  await expect(queue.sendAll(jobs(3).map((job) => ({ job })))).rejects.toThrow(new ServiceBusyError('SQS rejected 2 of 3 messages: InternalError'));
});

test('sendAll throws the error of one batch after the other batches are sent', async () => {
  let done = 0;
  api.on(SendMessageBatchCommand).callsFake(async ({ Entries }) => {
    if (Entries[0].MessageBody === JSON.stringify(jobs(1)[0])) {
      throw Object.assign(new Error('no'), { name: 'ServiceUnavailable' });
    }
    await new Promise(setImmediate);
    done += 1;
    return {};
  });
  await expect(queue.sendAll(jobs(30).map((job) => ({ job })))).rejects.toThrow(ServiceBusyError);
  expect(done).toBe(2);
});

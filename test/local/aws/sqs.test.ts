import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { nodeFunction, removeAssemblies, writeAssembly } from './fixture/assembly';
import type { Resources } from './fixture/assembly';
import { Gate, WAIT_FOR_GATE } from './fixture/gate';
import { eventually, startLocal } from './fixture/local';
import type { RunningLocalAws } from './fixture/local';
import { advanceTime, stopTime } from '../../support/time';

const WORK = `${WAIT_FOR_GATE}
exports.handler = async ({ Records }) => {
  console.log('BATCH ' + JSON.stringify(Records));
  if (Records.some(({ body }) => body === 'throw')) throw new Error('no good');
  if (Records.some(({ body }) => body === 'report an unknown message')) return { batchItemFailures: [{ itemIdentifier: 'unknown' }] };
  for (const { body } of Records) if (body.startsWith('wait for ')) await waitForGate(body.slice('wait for '.length));
  return { batchItemFailures: Records.filter(({ body }) => body.startsWith('fail')).map(({ messageId }) => ({ itemIdentifier: messageId })) };
};`;

function queue(properties: Record<string, unknown> = {}): Resources[string] {
  return { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 3, ...properties } };
}

function redriveAfter(maxReceiveCount: number): Record<string, unknown> {
  return { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount };
}

function mapping(queueId: string, properties: Record<string, unknown> = {}): Resources[string] {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': [queueId, 'Arn'] },
      FunctionName: { Ref: 'Work' },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...properties,
    },
  };
}

let local: RunningLocalAws;
let client: SQSClient;

beforeAll(async () => {
  stopTime();
  local = await startLocal(writeAssembly({
    resources: {
      ...nodeFunction('Work', WORK, { Timeout: 3 }),
      Dead: queue(),
      Jobs: queue({ RedrivePolicy: redriveAfter(2) }),
      JobsMapping: mapping('Jobs', { BatchSize: 5 }),
      Strict: queue({ RedrivePolicy: redriveAfter(1) }),
      StrictMapping: mapping('Strict'),
      Windowed: queue({ VisibilityTimeout: 30 }),
      WindowedMapping: mapping('Windowed', { BatchSize: 3, MaximumBatchingWindowInSeconds: 2 }),
      LongWindow: queue({ VisibilityTimeout: 600 }),
      LongWindowMapping: mapping('LongWindow', { BatchSize: 3, MaximumBatchingWindowInSeconds: 300 }),
      WithoutReport: queue({ RedrivePolicy: redriveAfter(1) }),
      WithoutReportMapping: mapping('WithoutReport', { FunctionResponseTypes: { Ref: 'AWS::NoValue' } }),
      Limited: queue(),
      LimitedMapping: mapping('Limited', { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } }),
      Late: queue({ DelaySeconds: 1 }),
      Small: queue({ MaximumMessageSize: 1024, MessageRetentionPeriod: 60 }),
    },
    outputs: Object.fromEntries(['Jobs', 'Strict', 'Windowed', 'LongWindow', 'WithoutReport', 'Limited', 'Late', 'Small'].map((id) => [id, { Ref: id }])),
  }));
  client = new SQSClient({ endpoint: local.aws.endpoints.sqs, region: 'us-east-1', credentials: local.aws.credentials, maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await local.aws.close();
  removeAssemblies();
  jest.useRealTimers();
});

async function send(queueId: string, body: string, delaySeconds?: number): Promise<string> {
  const command = new SendMessageCommand({ QueueUrl: local.aws.outputs[queueId], MessageBody: body, DelaySeconds: delaySeconds });
  const { MessageId: messageId } = await client.send(command);
  return messageId!;
}

async function sendAll(queueId: string, bodies: readonly string[]): Promise<string[]> {
  const { Successful: sent = [] } = await client.send(new SendMessageBatchCommand({
    QueueUrl: local.aws.outputs[queueId],
    Entries: bodies.map((body, index) => ({ Id: String(index), MessageBody: body })),
  }));
  return sent.map(({ MessageId: messageId }) => messageId!);
}

/** The batches in which a message was given to the function. */
function batchesWith(messageId: string): SQSEvent['Records'][] {
  return local.lines.filter((line) => line.startsWith('Work: BATCH '))
    .map((line) => JSON.parse(line.slice('Work: BATCH '.length)) as SQSEvent['Records'])
    .filter((records) => records.some((record) => record.messageId === messageId));
}

/** Waits until the function has processed the batches with a message. */
async function processed(messageId: string, batches: number): Promise<void> {
  await eventually(() => batchesWith(messageId).length === batches && local.aws.pendingInvocations() === 0);
}

function actions(messageId: string): string[] {
  return local.events.flatMap((event) => event.kind === 'queue' && event.messageId === messageId ? [event.action] : []);
}

describe('queue with a function', () => {
  it('sends records of AWS and deletes processed messages', async () => {
    const messageId = await send('Jobs', 'hello');
    await eventually(() => actions(messageId).includes('delete'));
    const [[record]] = batchesWith(messageId);
    expect(record).toEqual({
      messageId,
      receiptHandle: expect.any(String),
      body: 'hello',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: 'arn:aws:sts::111122223333:assumed-role/developer/developer',
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
      messageAttributes: {},
      md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      eventSource: 'aws:sqs',
      eventSourceARN: expect.stringMatching(/^arn:aws:sqs:us-east-1:111122223333:Stack-Jobs-/),
      awsRegion: 'us-east-1',
    });
  });

  it('retries only failed messages, until they are dead letters', async () => {
    const [good, bad] = await sendAll('Jobs', ['fine', 'fail please']);
    await processed(bad, 1);
    advanceTime(3000);
    await processed(bad, 2);
    advanceTime(3000);
    await eventually(() => local.aws.deadLetters().some(({ messageId }) => messageId === bad));
    expect(actions(good)).toEqual(['send', 'receive', 'delete']);
    expect(actions(bad)).toEqual(['send', 'receive', 'receive', 'dead-letter']);
    expect(batchesWith(bad).map((records) => records.find(({ messageId }) => messageId === bad)?.attributes.ApproximateReceiveCount)).toEqual(['1', '2']);
    expect(local.aws.deadLetters()).toContainEqual({ queue: 'Dead', messageId: bad, body: 'fail please', receiveCount: 2 });
    expect(local.lines).toContain(`Jobs: message ${bad} moved to the dead-letter queue Dead after 2 receives`);
  });

  it('hides a message until the visibility timeout', async () => {
    const messageId = await send('Jobs', 'fail');
    await processed(messageId, 1);
    advanceTime(2999);
    expect(local.aws.queueDepths().Jobs).toEqual({ visible: 0, delayed: 0, inFlight: 1 });
    advanceTime(1);
    await processed(messageId, 2);
  });

  it.each([
    ['throws', 'throw'],
    ['reports the failure of an unknown message', 'report an unknown message'],
  ])('retries the whole batch when the function %s', async (_, body) => {
    const [first, second] = await sendAll('Strict', ['other', body]);
    await processed(second, 1);
    advanceTime(3000);
    await eventually(() => local.aws.deadLetters().some(({ messageId }) => messageId === second));
    expect(actions(first)).not.toContain('delete');
    expect(actions(first)).toEqual(actions(second));
  });

  it('deletes all messages when it doesn\'t report failures', async () => {
    const messageId = await send('WithoutReport', 'fail');
    await eventually(() => actions(messageId).includes('delete'));
  });

  it('sends a full batch before the window ends', async () => {
    const full = await sendAll('LongWindow', ['a', 'b', 'c']);
    await eventually(() => batchesWith(full[0]).length === 1);
    expect(batchesWith(full[0])[0]).toHaveLength(3);
  });

  it('sends an incomplete batch when the window ends', async () => {
    const received = (count: number) => eventually(() => local.aws.queueDepths().Windowed.inFlight === count);
    const first = await send('Windowed', 'd');
    await received(1);
    advanceTime(1999);
    const second = await send('Windowed', 'e');
    await received(2);
    advanceTime(1);
    await processed(first, 1);
    expect(batchesWith(first)[0].map(({ messageId }) => messageId)).toEqual([first, second]);
  });

  it('runs at most the maximum concurrency of the mapping', async () => {
    const gate = new Gate();
    const messages = await sendAll('Limited', Array.from({ length: 4 }, () => `wait for ${gate.file}`));
    await eventually(() => messages.filter((messageId) => batchesWith(messageId).length === 1).length === 2);
    expect(local.aws.queueDepths().Limited).toEqual({ visible: 2, delayed: 0, inFlight: 2 });
    gate.open();
    await eventually(() => messages.every((messageId) => actions(messageId).includes('delete')));
    gate.remove();
  });
});

describe('delay', () => {
  it('hides a message', async () => {
    const messageId = await send('Jobs', 'later', 1);
    advanceTime(999);
    expect(local.aws.queueDepths().Jobs.delayed).toBe(1);
    advanceTime(1);
    await eventually(() => actions(messageId).includes('delete'));
  });

  it('of the queue applies to messages without a delay', async () => {
    await send('Late', 'with the delay of the queue');
    await send('Late', 'now', 0);
    expect(local.aws.queueDepths().Late).toEqual({ visible: 1, delayed: 1, inFlight: 0 });
  });
});

describe('SQS', () => {
  it.each([
    ['a queue that does not exist', { QueueUrl: 'http://127.0.0.1/111122223333/none', MessageBody: 'x' }, 'QueueDoesNotExist', 'doesn\'t exist'],
    ['a delay above 900 seconds', { MessageBody: 'x', DelaySeconds: 901 }, 'InvalidParameterValue', 'DelaySeconds is 901'],
    ['an empty message', { MessageBody: '' }, 'MissingParameter', 'MessageBody'],
    ['a message above 1 MiB', { MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue', 'has 1048577 bytes, but must have at most 1048576'],
    ['a message above the size of its queue', { QueueUrl: 'Small', MessageBody: 'x'.repeat(1025) }, 'InvalidParameterValue', 'at most 1024'],
    ['a character that SQS does not accept', { MessageBody: 'a\u0000b' }, 'InvalidMessageContents', 'an invalid character'],
    ['message attributes, which are not emulated', { MessageBody: 'x', MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } }, 'UnsupportedOperation', 'MessageAttributes'],
  ])('rejects %s', async (_, { QueueUrl: queueUrl = 'Jobs', ...input }: { QueueUrl?: string; MessageBody: string }, name, message) => {
    const command = new SendMessageCommand({ QueueUrl: local.aws.outputs[queueUrl] ?? queueUrl, ...input });
    await expect(client.send(command)).rejects.toMatchObject({ name: expect.stringContaining(name), message: expect.stringContaining(message) });
  });

  it('rejects an unsupported operation by name', async () => {
    const command = new ReceiveMessageCommand({ QueueUrl: local.aws.outputs.Jobs });
    await expect(client.send(command)).rejects.toThrow('SQS ReceiveMessage is not supported by the local AWS');
  });

  it('rejects a batch when it has more than ten entries or duplicate IDs', async () => {
    const batch = (ids: string[]) => client.send(new SendMessageBatchCommand({
      QueueUrl: local.aws.outputs.Jobs, Entries: ids.map((id) => ({ Id: id, MessageBody: 'x' })),
    }));
    await expect(batch([...'abcdefghijk'])).rejects.toThrow('The batch has 11 entries');
    await expect(batch(['a', 'a'])).rejects.toThrow('Two entries of the batch have the same Id');
  });

  it('rejects only the invalid entries of a batch', async () => {
    const result = await client.send(new SendMessageBatchCommand({
      QueueUrl: local.aws.outputs.Small,
      Entries: [{ Id: 'good', MessageBody: 'x' }, { Id: 'bad', MessageBody: 'x'.repeat(2000) }],
    }));
    expect(result).toMatchObject({ Successful: [{ Id: 'good' }], Failed: [{ Id: 'bad', SenderFault: true }] });
  });
});

import { ListMessageMoveTasksCommand, SendMessageCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import type { StartMessageMoveTaskCommandInput } from '@aws-sdk/client-sqs';
import { nodeFunction, removeAssemblies, writeAssembly } from './fixture/assembly';
import type { Resources } from './fixture/assembly';
import { eventually, startLocal } from './fixture/local';
import type { RunningLocalAws } from './fixture/local';
import { advanceTime, stopTime } from '../../support/time';

/** Fails for each message the first time, so that it succeeds when it is moved back. */
const WORK = `
const bodies = new Set();
exports.handler = async ({ Records }) => {
  const failed = Records.filter(({ body }) => !bodies.has(body));
  Records.forEach(({ messageId, body, attributes }) => {
    console.log('RECEIVED ' + JSON.stringify({ messageId, body, count: attributes.ApproximateReceiveCount }));
    bodies.add(body);
  });
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};`;

function queue(deadLetters?: string): Resources[string] {
  const redrive = deadLetters === undefined ? {} : { RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters, 'Arn'] }, maxReceiveCount: 1 } };
  return { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 3, ...redrive } };
}

function mapping(queueId: string): Resources[string] {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn: { 'Fn::GetAtt': [queueId, 'Arn'] }, FunctionName: { Ref: 'Work' }, FunctionResponseTypes: ['ReportBatchItemFailures'] },
  };
}

const QUEUES = ['Dead', 'OtherDead', 'Jobs', 'OtherSource', 'Destination', 'OtherJobs'];
let local: RunningLocalAws;
let client: SQSClient;

beforeAll(async () => {
  stopTime();
  local = await startLocal(writeAssembly({
    resources: {
      ...nodeFunction('Work', WORK, { Timeout: 3, ReservedConcurrentExecutions: 1 }),
      Dead: queue(),
      OtherDead: queue(),
      Jobs: queue('Dead'),
      JobsMapping: mapping('Jobs'),
      OtherSource: queue('Dead'),
      OtherSourceMapping: mapping('OtherSource'),
      OtherJobs: queue('OtherDead'),
      Destination: queue(),
    },
    outputs: Object.fromEntries(QUEUES.flatMap((id) => [[`${id}Url`, { Ref: id }], [`${id}Arn`, { 'Fn::GetAtt': [id, 'Arn'] }]])),
  }));
  client = new SQSClient({ endpoint: local.aws.endpoints.sqs, region: 'us-east-1', credentials: local.aws.credentials, maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await local.aws.close();
  removeAssemblies();
  jest.useRealTimers();
});

const arn = (queueId: string) => local.aws.outputs[`${queueId}Arn`];

async function send(queueId: string, body: string): Promise<void> {
  await client.send(new SendMessageCommand({ QueueUrl: local.aws.outputs[`${queueId}Url`], MessageBody: body }));
}

async function sendUntilDead(queueId: string, body: string): Promise<string> {
  await send(queueId, body);
  await eventually(() => receptions(body).length === 1 && local.aws.pendingInvocations() === 0);
  advanceTime(3000);
  return (await eventually(() => local.aws.deadLetters().find((letter) => letter.body === body))).messageId;
}

async function move(sourceId: string, input: Partial<StartMessageMoveTaskCommandInput> = {}): Promise<string | undefined> {
  return (await client.send(new StartMessageMoveTaskCommand({ SourceArn: arn(sourceId), ...input }))).TaskHandle;
}

async function tasks(sourceId: string, MaxResults?: number) {
  return (await client.send(new ListMessageMoveTasksCommand({ SourceArn: arn(sourceId), MaxResults }))).Results;
}

/** How a body was received: by which message, for which time. */
function receptions(body: string): { messageId: string; count: string }[] {
  return local.lines.filter((line) => line.startsWith('Work: RECEIVED '))
    .map((line) => JSON.parse(line.slice('Work: RECEIVED '.length)) as { messageId: string; body: string; count: string })
    .filter((reception) => reception.body === body);
}

describe('dead letters', () => {
  it('are moved back as new messages', async () => {
    const messageId = await sendUntilDead('Jobs', 'back please');
    expect(await move('Dead', { DestinationArn: arn('Jobs'), MaxNumberOfMessagesPerSecond: 10 })).toEqual(expect.any(String));
    await eventually(() => receptions('back please').length === 2 && local.aws.queueDepths().Jobs.inFlight === 0);
    const [first, second] = receptions('back please');
    expect([first.messageId, first.count, second.count]).toEqual([messageId, '1', '1']);
    expect(second.messageId).not.toBe(messageId);
    expect(local.aws.deadLetters()).toEqual([]);
    expect(await tasks('Dead')).toEqual([{
      Status: 'COMPLETED',
      SourceArn: arn('Dead'),
      DestinationArn: arn('Jobs'),
      MaxNumberOfMessagesPerSecond: 10,
      ApproximateNumberOfMessagesMoved: 1,
      ApproximateNumberOfMessagesToMove: 1,
      StartedTimestamp: expect.any(Number),
    }]);
  });

  it('move to their source queue when there is no destination', async () => {
    await sendUntilDead('Jobs', 'a job');
    await sendUntilDead('OtherSource', 'a message');
    await move('Dead');
    await eventually(() => receptions('a job').length === 2 && receptions('a message').length === 2);
    const redriven = local.events.flatMap((event) => event.kind === 'queue' && event.action === 'redrive' ? [event.messageId] : []);
    expect(redriven).toEqual(expect.arrayContaining([receptions('a job')[0].messageId, receptions('a message')[0].messageId]));
    expect(local.aws.deadLetters()).toEqual([]);
  });

  it('stay when they have no source queue and no destination', async () => {
    await send('OtherDead', 'from nowhere');
    await move('OtherDead');
    expect(await tasks('OtherDead')).toMatchObject([{ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource', ApproximateNumberOfMessagesMoved: 0 }]);
    expect(local.aws.deadLetters()).toMatchObject([{ queue: 'OtherDead', body: 'from nowhere' }]);
    await move('OtherDead', { DestinationArn: arn('Destination') });
    expect(local.aws.queueDepths()).toMatchObject({ OtherDead: { visible: 0 }, Destination: { visible: 1 } });
    expect((await tasks('OtherDead', 10))?.map(({ Status: status }) => status)).toEqual(['COMPLETED', 'FAILED']);
  });
});

describe('StartMessageMoveTask', () => {
  it.each([
    ['from a queue that is not a dead-letter queue', () => move('Destination'), 'isn\'t a dead-letter queue'],
    ['from a queue that does not exist', () => move('Dead', { SourceArn: 'arn:aws:sqs:us-east-1:111122223333:none' }), 'The queue arn:aws:sqs:us-east-1:111122223333:none doesn\'t exist'],
    ['to a queue that does not exist', () => move('Dead', { DestinationArn: 'arn:aws:sqs:us-east-1:111122223333:none' }), 'none doesn\'t exist'],
    ['to the same queue', () => move('Dead', { DestinationArn: arn('Dead') }), 'SourceArn and DestinationArn must be different queues'],
    ['more than 500 messages a second', () => move('Dead', { MaxNumberOfMessagesPerSecond: 501 }), 'MaxNumberOfMessagesPerSecond is 501, but must be an integer from 1 to 500'],
  ])('rejects a move %s', async (_, command, message) => {
    await expect(command()).rejects.toThrow(message);
  });
});

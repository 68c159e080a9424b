import * as http from 'node:http';
import { nodeFunction, removeAssemblies, writeAssembly } from './fixture/assembly';
import { eventually, startLocal } from './fixture/local';
import type { RunningLocalAws } from './fixture/local';
import type { LocalAwsOptions, ProxyContext, RunningService } from '../../../local/aws';
import { closeServer, listen } from '../../../local/loopback';
import { advanceTime, stopTime } from '../../support/time';

const CALL = `exports.handler = async () => {
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/sns/aws4_request';
  const response = await fetch(process.env.AWS_ENDPOINT_URL_DYNAMODB + '/table', { headers: { authorization } });
  return [process.env.QUEUE_URL, await response.text()];
};`;
const LOADED = "console.log('loaded'); exports.handler = async () => 'done';";

let local: RunningLocalAws;

async function start(options: Partial<LocalAwsOptions>): Promise<void> {
  local = await startLocal(writeAssembly({
    resources: {
      ...nodeFunction('Call', CALL, { Environment: { Variables: { QUEUE_URL: { Ref: 'Queue' } } } }),
      ...nodeFunction('Loaded', LOADED),
      Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
    },
  }), options);
}

afterEach(async () => {
  jest.useRealTimers();
  await local.aws.close();
  removeAssemblies();
});

describe('proxy of the functions', () => {
  it('receives all calls of the functions, and knows their roles', async () => {
    await start({ functionProxy: async (context) => answering(context) });
    const { payload } = await local.aws.invoke('Call', {}) as { payload: string };
    const [queueUrl, answer] = JSON.parse(payload) as [string, string];
    expect(answer).toMatch(/^\/table of arn:aws:sts::111122223333:assumed-role\/[^/]+\/Stack-Call-\w+$/);
    expect(new URL(queueUrl).origin).not.toBe(local.aws.endpoints.sqs);
  });
});

describe('minimum duration of an initialization', () => {
  it('delays only the first invocation of a process', async () => {
    await start({ minInitMilliseconds: 1000 });
    stopTime();
    const first = local.aws.invoke('Loaded', {});
    await eventually(() => local.lines.includes('Loaded: loaded'));
    advanceTime(999);
    expect(local.aws.pendingInvocations()).toBe(1);
    advanceTime(1);
    expect(await first).toEqual({ payload: '"done"' });
    expect(await local.aws.invoke('Loaded', {})).toEqual({ payload: '"done"' });
  });
});

async function answering({ roleOf }: ProxyContext): Promise<RunningService> {
  const server = http.createServer(({ url, headers: { authorization = '' } }, response) => {
    response.end(`${url} of ${roleOf(/Credential=([^/]+)/.exec(authorization)![1])}`);
  });
  return { endpoint: `http://127.0.0.1:${await listen(server)}`, close: async () => closeServer(server) };
}

import { nodeFunction, removeAssemblies, writeAssembly } from './fixture/assembly';
import type { Resources } from './fixture/assembly';
import { Gate, WAIT_FOR_GATE } from './fixture/gate';
import { eventually, startLocal } from './fixture/local';
import type { RunningLocalAws } from './fixture/local';
import { advanceTime, stopTime } from '../../support/time';

const ECHO = 'exports.handler = async (event) => event;';
const SHOW = `
let count = 0;
exports.handler = async (event, context) => {
  count += 1;
  return { count, pid: process.pid, env: process.env, context, remaining: context.getRemainingTimeInMillis(), cwd: process.cwd() };
};`;
const MISBEHAVE = `
exports.handler = async ({ how }) => {
  console.log(how);
  if (how === 'throw') throw new TypeError('no good');
  if (how === 'exit') process.exit(3);
  if (how === 'hang') await new Promise(() => {});
  if (how === 'loop') for (;;) {}
  if (how === 'background') setImmediate(() => { throw new Error('later'); });
  return 'fine';
};`;
const MEET = `${WAIT_FOR_GATE}
exports.handler = async ({ gate }) => {
  console.log('started');
  await waitForGate(gate);
};`;
const USE_LAYER = "exports.handler = async () => [require('shared'), require('own')];";

const resources: Resources = {
  ...nodeFunction('Echo', ECHO),
  ...nodeFunction('Show', SHOW, { MemorySize: 256, Timeout: 7, Environment: { Variables: { TABLE: { Ref: 'Table' }, SIZE: 5 } } }),
  ...nodeFunction('Misbehave', MISBEHAVE, { Timeout: 1 }),
  ...nodeFunction('Meet', MEET, { ReservedConcurrentExecutions: 2 }),
  ...nodeFunction('UseLayer', USE_LAYER, { Layers: [{ Ref: 'Under' }, { Ref: 'Over' }] }),
  ...nodeFunction('EsModule', '', { Code: { S3Bucket: 'assets', S3Key: 'module.zip' }, Handler: 'src/main.run' }),
  ...nodeFunction('Broken', "require('aws-cdk-lib');"),
  ...nodeFunction('Misnamed', ECHO, { Handler: 'index.other' }),
  ...nodeFunction('Callback', 'exports.handler = (event, context, callback) => callback(null, 1);'),
  ...nodeFunction('Python', '', { Runtime: 'python3.13' }),
  ...nodeFunction('CallService', `exports.handler = async ({ target }) => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/sns/aws4_request';
    const headers = target ? { authorization, 'x-amz-target': target } : { authorization };
    const response = await fetch(process.env.AWS_ENDPOINT_URL + '/topic', { method: 'POST', headers, body: '{}' });
    return [response.status, await response.json()];
  };`),
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: { BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] },
  },
  Under: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: { S3Bucket: 'assets', S3Key: 'under.zip' } } },
  Over: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: { S3Bucket: 'assets', S3Key: 'over.zip' } } },
};

let local: RunningLocalAws;

beforeAll(async () => {
  process.env.SECRET_OF_THE_DEVELOPER = 'must not be seen';
  local = await startLocal(writeAssembly({
    resources,
    assets: {
      'module.zip': { 'package.json': '{"type":"module"}', 'src/main.js': "import { basename } from 'node:path'; export const run = async () => basename(import.meta.url);" },
      'under.zip': { 'nodejs/node_modules/shared/index.json': '"under"', 'nodejs/node_modules/own/index.json': '"own"' },
      'over.zip': { 'nodejs/node_modules/shared/index.json': '"over"' },
    },
  }));
});

afterAll(async () => {
  delete process.env.SECRET_OF_THE_DEVELOPER;
  await local.aws.close();
  removeAssemblies();
});

interface Shown {
  readonly count: number;
  readonly pid: number;
  readonly env: Record<string, string>;
  readonly context: Record<string, unknown>;
  readonly remaining: number;
}

async function show(): Promise<Shown> {
  const { payload } = await local.aws.invoke('Show', {}) as { payload: string };
  return JSON.parse(payload) as Shown;
}

describe('function', () => {
  it.each([[{ a: [1, 'ü', null] }], ['text'], [null]])('receives its event and returns its result: %j', async (event) => {
    expect(await local.aws.invoke('Echo', event)).toEqual({ payload: JSON.stringify(event) });
  });

  it('has the variables of the template and of Lambda, and none of the developer', async () => {
    const { env } = await show();
    expect(env).toMatchObject({
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA[0-9A-F]{16}$/),
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL_DYNAMODB: local.aws.endpoints.dynamodb,
      AWS_ENDPOINT_URL_REDSHIFT_DATA: local.aws.endpoints.redshiftData,
      AWS_ENDPOINT_URL_S3: local.aws.endpoints.s3,
      AWS_ENDPOINT_URL_SQS: local.aws.endpoints.sqs,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_NAME: expect.stringMatching(/^Stack-Show-/),
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_REGION: 'us-east-1',
      SIZE: '5',
      TABLE: expect.stringMatching(/^Stack-Table-/),
      TZ: 'UTC',
    });
    expect(Object.keys(env).filter((name) => !/^(AWS_|LAMBDA_|_HANDLER$|HOME$|LANG$|NODE_PATH$|PATH$|SIZE$|SystemRoot$|TABLE$|TZ$)/.test(name))).toEqual([]);
  });

  it('has the context of Lambda', async () => {
    const { context, remaining } = await show();
    expect(context).toMatchObject({
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionName: expect.stringMatching(/^Stack-Show-/),
      functionVersion: '$LATEST',
      invokedFunctionArn: expect.stringMatching(/^arn:aws:lambda:us-east-1:111122223333:function:Stack-Show-/),
      logGroupName: expect.stringMatching(/^\/aws\/lambda\/Stack-Show-/),
      memoryLimitInMB: '256',
    });
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(7000);
  });

  it('reuses its process for the next invocation', async () => {
    const first = await show();
    const second = await show();
    expect(second.pid).toBe(first.pid);
    expect(second.count).toBe(first.count + 1);
  });

  it('can be an ES module in a folder', async () => {
    expect(await local.aws.invoke('EsModule', {})).toEqual({ payload: '"main.js"' });
  });

  it('finds the modules of its layers, with precedence of the last layer', async () => {
    expect(await local.aws.invoke('UseLayer', {})).toEqual({ payload: '["over","own"]' });
  });

  it('doesn\'t find modules of the project', async () => {
    expect(await local.aws.invoke('Broken', {})).toMatchObject({ error: { errorMessage: expect.stringContaining("Cannot find module 'aws-cdk-lib'") } });
  });

  it('runs at most the reserved concurrency', async () => {
    const gate = new Gate();
    const invocations = [0, 1, 2, 3].map(async () => local.aws.invoke('Meet', { gate: gate.file }));
    await eventually(() => local.lines.filter((line) => line === 'Meet: started').length === 2);
    expect(local.events.filter((event) => event.kind === 'invoke-start' && event.function === 'Meet')).toHaveLength(2);
    expect(local.aws.pendingInvocations()).toBe(4);
    gate.open();
    await Promise.all(invocations);
    gate.remove();
    expect(local.aws.pendingInvocations()).toBe(0);
    const starts = local.events.flatMap((event) => event.kind === 'invoke-start' && event.function === 'Meet' ? [event.coldStart] : []);
    expect(starts).toEqual([true, true, false, false]);
  });

  it('starts a new process when the process is killed', async () => {
    await local.aws.killFunction('Echo');
    const before = local.events.length;
    await local.aws.invoke('Echo', {});
    expect(local.events.slice(before)).toContainEqual(expect.objectContaining({ kind: 'invoke-start', function: 'Echo', coldStart: true }));
  });
});

describe('failed invocation', () => {
  afterEach(() => void jest.useRealTimers());

  it('returns and logs type and message when the function throws', async () => {
    expect(await local.aws.invoke('Misbehave', { how: 'throw' })).toMatchObject({ error: { errorType: 'TypeError', errorMessage: 'no good' } });
    expect(local.lines).toContain('Misbehave: invocation failed: TypeError: no good');
  });

  it.each(['hang', 'loop'])('ends at the timeout when the function has a %s', async (how) => {
    stopTime();
    const invocation = local.aws.invoke('Misbehave', { how });
    await eventually(() => local.lines.includes(`Misbehave: ${how}`));
    advanceTime(999);
    expect(local.aws.pendingInvocations()).toBe(1);
    advanceTime(1);
    expect((await invocation).error).toEqual({ errorType: 'Sandbox.Timedout', errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/) });
    expect(await local.aws.invoke('Misbehave', {})).toEqual({ payload: '"fine"' });
  });

  it('returns an error when the process exits, and the next invocation starts a new process', async () => {
    const result = await local.aws.invoke('Misbehave', { how: 'exit' });
    expect(result.error).toEqual({ errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('Error: Runtime exited with error: exit status 3') });
    expect(await local.aws.invoke('Misbehave', {})).toEqual({ payload: '"fine"' });
  });

  it('returns the result when the process exits afterwards', async () => {
    expect(await local.aws.invoke('Misbehave', { how: 'background' })).toEqual({ payload: '"fine"' });
    await eventually(() => local.lines.some((line) => line === 'Misbehave: Error: later'));
    await eventually(async () => (await local.aws.invoke('Misbehave', {})).error === undefined);
  });

  it('returns an error when the process is killed', async () => {
    const before = local.lines.length;
    const invocation = local.aws.invoke('Meet', { gate: 'closed' });
    await eventually(() => local.lines.slice(before).includes('Meet: started'));
    await local.aws.killFunction('Meet');
    expect((await invocation).error).toMatchObject({ errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: killed') });
  });

  it.each([
    ['Misnamed', 'Runtime.HandlerNotFound', 'index.other is undefined or not exported'],
    ['Callback', 'Runtime.CallbackHandlerDeprecated', 'index.handler has a callback parameter: return a promise instead'],
  ])('returns an error that describes the problem: %s', async (logicalId, errorType, errorMessage) => {
    expect(await local.aws.invoke(logicalId, {})).toMatchObject({ error: { errorType, errorMessage } });
  });

  it('returns an error with the runtime when it isn\'t Node.js', async () => {
    await expect(local.aws.invoke('Python', {})).rejects.toThrow('the function Python has the runtime python3.13, which is not supported by the local AWS');
  });
});

describe('call of an unsupported AWS service', () => {
  it('returns an error with the service and doesn\'t reach the internet', async () => {
    const { payload } = await local.aws.invoke('CallService', {}) as { payload: string };
    expect(JSON.parse(payload)).toEqual([400, { __type: 'UnknownOperationException', message: 'sns POST /topic is not supported by the local AWS' }]);
  });

  it('returns an error with the operation when the request has a target', async () => {
    const { payload } = await local.aws.invoke('CallService', { target: 'AWSEvents.PutEvents' }) as { payload: string };
    expect(JSON.parse(payload)).toEqual([400, { __type: 'UnknownOperationException', message: 'AWSEvents PutEvents is not supported by the local AWS' }]);
  });
});

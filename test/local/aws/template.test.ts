import { CALLBACK_URL, CLIENT_URL, nodeFunction, removeAssemblies, webSocketApi, withAuthorizer, writeAssembly } from './fixture/assembly';
import type { Assembly, Resources } from './fixture/assembly';
import { startLocal } from './fixture/local';
import { RESOURCE_TYPES } from '../../../local/aws/resource-types';
import { readAssemblyStack } from '../../../local/aws/template/assembly';
import { Stack, stackEnvironment } from '../../../local/aws/template/stack';

afterAll(removeAssemblies);

const QUEUE: Resources = { Queue: { Type: 'AWS::SQS::Queue' } };

function outputsOf(outputs: Record<string, unknown>, resources: Resources = QUEUE, sections: Record<string, unknown> = {}): Record<string, string> {
  const stack = readAssemblyStack(writeAssembly({ resources, outputs, sections }));
  const read = new Stack(stack, stackEnvironment('Stack', 'eu-west-1', '111122223333'), RESOURCE_TYPES);
  const values = read.outputs();
  read.throwProblems();
  return values;
}

async function startError(assembly: Assembly): Promise<string> {
  const error = await startLocal(writeAssembly(assembly)).then(
    async ({ aws }) => { await aws.close(); throw new Error('it started'); },
    (reason: Error) => reason,
  );
  return error.message;
}

describe('intrinsic functions', () => {
  it.each([
    ['Ref to a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['Ref to a parameter', { Ref: 'Size' }, 'small'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::AccountId' }]] }, 'a-111122223333'],
    ['Fn::Sub with a literal, a variable and an attribute', { 'Fn::Sub': ['${!x} ${v} ${Queue.Arn}', { v: { Ref: 'Size' } }] },
      expect.stringMatching(/^\$\{x\} small arn:aws:sqs:eu-west-1:111122223333:Stack-Queue-[0-9A-Z]{12}$/)],
    ['Fn::Select of a Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Fn::If on a condition', { 'Fn::If': ['IsSmall', 'yes', 'no'] }, 'yes'],
    ['Fn::If on a condition of conditions', { 'Fn::If': ['IsOdd', 'yes', 'no'] }, 'no'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Names', { Ref: 'AWS::Region' }, 'short'] }, 'ireland'],
    ['Ref to a queue', { Ref: 'Queue' }, expect.stringMatching(/^https:\/\/sqs\.eu-west-1\.amazonaws\.com\/111122223333\/Stack-Queue-/)],
    ['Ref to the stack ID', { 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }, 'Stack'],
  ])('resolve %s', (_, value, expected) => {
    expect(outputsOf({ value }, QUEUE, {
      Parameters: { Size: { Type: 'String', Default: 'small' } },
      Conditions: {
        IsSmall: { 'Fn::Equals': [{ Ref: 'Size' }, 'small'] },
        IsOdd: { 'Fn::And': [{ Condition: 'IsSmall' }, { 'Fn::Not': [{ 'Fn::Or': [{ Condition: 'IsSmall' }, { 'Fn::Equals': ['a', 'b'] }] }] }] },
      },
      Mappings: { Names: { 'eu-west-1': { short: 'ireland' } } },
    })).toEqual({ value: expected });
  });

  it.each([
    [{ 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }, 'Fn::Cidr is not supported'],
    [{ 'Fn::ImportValue': 'other' }, 'Fn::ImportValue is not supported'],
    [{ 'Fn::GetAtt': ['Queue', 'Color'] }, 'the attribute Color of Queue (AWS::SQS::Queue) is not supported'],
    [{ Ref: 'Nothing' }, 'Ref is Nothing, which isn\'t a parameter or resource'],
    [{ Ref: 'Size' }, 'the parameter Size has no default'],
    ['{{resolve:ssm:/a/b}}', 'the dynamic reference {{resolve:ssm:/a/b}} is not supported'],
  ])('throw by name when the value is not supported: %j', (value, problem) => {
    expect(() => outputsOf({ value }, QUEUE, { Parameters: { Size: { Type: 'String' } } })).toThrow(problem);
  });

  it('omit a property when its value is AWS::NoValue', () => {
    const resources = { Queue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: { Ref: 'AWS::NoValue' } } } };
    expect(() => outputsOf({}, resources)).not.toThrow();
  });

  it('omit a resource when its condition is false', () => {
    const resources = { ...QUEUE, Cluster: { Type: 'AWS::Redshift::Cluster', Condition: 'Never' } };
    expect(() => outputsOf({}, resources, { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } })).not.toThrow();
  });
});

describe('start with an unsupported template', () => {
  it('fails with one error that lists all problems', async () => {
    const message = await startError({
      resources: {
        ...nodeFunction('Work', 'exports.handler = async () => {};', { SnapStart: {}, Timeout: 60 }),
        Cluster: { Type: 'AWS::Redshift::Cluster' },
        Queue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true, RedrivePolicy: { deadLetterTargetArn: 'arn:elsewhere', maxReceiveCount: 3 } } },
        Jobs: { Type: 'AWS::SQS::Queue' },
        Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn: { 'Fn::GetAtt': ['Jobs', 'Arn'] }, FunctionName: { Ref: 'Work' } } },
      },
      sections: { Transform: 'AWS::Serverless-2016-10-31' },
    });
    expect(message.split('\n').slice(1)).toEqual([
      '  Transform (section): the template section is not supported by the local AWS',
      '  Work (AWS::Lambda::Function): property SnapStart is not supported by the local AWS',
      '  Cluster (AWS::Redshift::Cluster): the resource type is not supported by the local AWS',
      '  Queue (AWS::SQS::Queue): property FifoQueue is not supported by the local AWS',
      '  Queue (AWS::SQS::Queue): property RedrivePolicy.deadLetterTargetArn is arn:elsewhere, which is not a queue of the template',
      '  Mapping (AWS::Lambda::EventSourceMapping): the queue Jobs has a visibility timeout of 30 seconds: it must be at least the timeout of Work, 60 seconds',
    ]);
  });

  it('fails with path and value when a property is only partly supported', async () => {
    const api = webSocketApi({ $default: 'Work' });
    api.Route0.Properties!.AuthorizationType = 'JWT';
    api.Stage.Properties!.RouteSettings = { $default: { ThrottlingRateLimit: 5 } };
    const message = await startError({ resources: { ...nodeFunction('Work', ''), ...api } });
    expect(message).toContain('Route0 (AWS::ApiGatewayV2::Route): property AuthorizationType is "JWT", but only "NONE", "AWS_IAM", "CUSTOM" is supported');
    expect(message).toContain('Stage (AWS::ApiGatewayV2::Stage): property RouteSettings is not supported');
  });

  it('fails when permissions are missing', async () => {
    const { Permission0: _, ...api } = webSocketApi({ $default: 'Work' });
    const message = await startError({
      resources: {
        ...nodeFunction('Work', ''),
        ...api,
        ...QUEUE,
        Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['x'] }, Targets: [{ Id: 'T', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }] } },
      },
    });
    expect(message).toContain('no AWS::Lambda::Permission allows apigateway.amazonaws.com to invoke Work for the route $default');
    expect(message).toContain('Rule (AWS::Events::Rule): the AWS::SQS::QueuePolicy or the key policy doesn\'t allow events.amazonaws.com to send events of this rule to Queue');
  });

  it('fails when an authorizer is on another route or cannot be invoked', async () => {
    const elsewhere = webSocketApi({ $default: 'Work' });
    elsewhere.Route0.Properties!.AuthorizationType = 'AWS_IAM';
    expect(await startError({ resources: { ...nodeFunction('Work', ''), ...elsewhere } })).toContain('AuthorizationType is AWS_IAM, but API Gateway authorizes only $connect');
    const { AuthorizerPermission: _, ...forbidden } = withAuthorizer(webSocketApi({ $connect: 'Work' }), 'Work');
    expect(await startError({ resources: { ...nodeFunction('Work', ''), ...forbidden } }))
      .toContain('no AWS::Lambda::Permission allows apigateway.amazonaws.com to invoke Work for the authorizer Authorizer');
  });

  it('fails when a user pool has no local replacement', async () => {
    const pool = { Users: { Type: 'AWS::Cognito::UserPool' } };
    const variables = (ISSUER: unknown) => nodeFunction('Work', '', { Environment: { Variables: { ISSUER } } });
    expect(await startError({ resources: { ...variables({ 'Fn::GetAtt': ['Users', 'ProviderURL'] }), ...pool } }))
      .toContain('user pools are not supported by the local AWS: start it with userPoolProviderUrl');
    expect(await startError({ resources: variables('https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI') }))
      .toContain('has the user pool https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI, which isn\'t in the template');
  });

  it('fails when environment variables exceed 4 KB', async () => {
    const resources = nodeFunction('Work', '', { Environment: { Variables: { TEXT: 'x'.repeat(4086) } } });
    expect(await startError({ resources })).toContain('property Environment.Variables has 4097 bytes, but must have at most 4096');
  });
});

describe('the assembly', () => {
  it('requires a stack name when it has several stacks', async () => {
    const directory = writeAssembly({ One: { resources: QUEUE }, Two: { resources: QUEUE } });
    await expect(startLocal(directory)).rejects.toThrow('has several stacks: set stackName to one of One, Two');
    await expect(startLocal(directory, { stackName: 'Three' })).rejects.toThrow('has no stack "Three": use one of One, Two');
    const { aws } = await startLocal(directory, { stackName: 'Two' });
    await aws.close();
  });

  it('is reported with the fix when it is missing', async () => {
    await expect(startLocal('/nowhere')).rejects.toThrow('/nowhere has no manifest.json: run cdk synth');
  });
});

describe('outputs', () => {
  it('contain local URLs of the WebSocket API, which are the same at each start', async () => {
    const directory = writeAssembly({
      resources: { ...nodeFunction('Work', ''), ...webSocketApi({ $default: 'Work' }) },
      outputs: { client: CLIENT_URL, callback: CALLBACK_URL, endpoint: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }, queue: 'https://sqs.us-east-1.amazonaws.com/111122223333/q' },
    });
    const first = await startLocal(directory);
    const { port, outputs, endpoints } = first.aws;
    const apiId = /execute-api\/([a-z0-9]{10})/.exec(outputs.client)?.[1];
    expect(outputs).toEqual({
      client: `ws://127.0.0.1:${port}/execute-api/${apiId}/prod`,
      callback: `${endpoints.sqs}/${apiId}/prod`,
      endpoint: `ws://127.0.0.1:${port}/execute-api/${apiId}`,
      queue: `${endpoints.sqs}/111122223333/q`,
    });
    await first.aws.close();
    const second = await startLocal(directory, { port });
    expect(second.aws.outputs.client).toBe(outputs.client);
    await expect(startLocal(directory, { port })).rejects.toThrow(`port ${port} is in use by another program: stop it, or choose another port`);
    await second.aws.close();
  });
});

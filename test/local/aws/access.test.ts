import { DeleteItemCommand, DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { nodeFunction, removeAssemblies, roleAllowing, writeAssembly } from './fixture/assembly';
import type { Resources } from './fixture/assembly';
import { eventually, startLocal } from './fixture/local';
import type { RunningLocalAws } from './fixture/local';

const CREDENTIALS = 'exports.handler = async () => { console.log(\'ran\'); const { env } = process; '
  + 'return { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY, sessionToken: env.AWS_SESSION_TOKEN }; };';

const TABLE_ARN = 'arn:aws:dynamodb:us-east-1:111122223333:table/things';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:111122223333:jobs';
const BOUNDARY = { Statement: [{ Effect: 'Allow', Action: ['dynamodb:*', 'logs:*'], Resource: '*' }] };

/** A function whose role has these properties; it gives its credentials away. */
function caller(id: string, role: Record<string, unknown>): Resources {
  return { ...nodeFunction(id, CREDENTIALS), [`${id}Role`]: { Type: 'AWS::IAM::Role', Properties: role } };
}

const RESOURCES: Resources = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'things',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
  ClosedQueue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'closed' } },
  ClosedQueuePolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'ClosedQueue' }],
      PolicyDocument: { Statement: [{ Effect: 'Deny', Action: 'sqs:*', Resource: '*', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }] },
    },
  },
  ...caller('Writer', roleAllowing('dynamodb:PutItem', 'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents')),
  ...caller('OwnWriter', {
    ...roleAllowing(),
    Policies: [{
      PolicyName: 'Own',
      PolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*', Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['own#*'] } } }],
      },
    }],
  }),
  ...caller('Sender', roleAllowing('sqs:SendMessage')),
  ...caller('Bounded', { ...roleAllowing('*'), PermissionsBoundary: { Ref: 'Boundary' } }),
  Boundary: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: BOUNDARY } },
};

let local: RunningLocalAws;

describe('permissions', () => {
  beforeAll(async () => {
    local = await startLocal(writeAssembly({ resources: RESOURCES, outputs: { Queue: { Ref: 'Queue' }, ClosedQueue: { Ref: 'ClosedQueue' } } }));
  });

  afterAll(async () => {
    await local?.aws.close();
    removeAssemblies();
  });

  async function configuration(functionId: string, endpoint: string) {
    const { payload } = await local.aws.invoke(functionId, {}) as { payload: string };
    return { endpoint, region: 'us-east-1', credentials: JSON.parse(payload), maxAttempts: 1 };
  }

  const dynamoDb = async (functionId: string) => new DynamoDBClient(await configuration(functionId, local.aws.endpoints.dynamodb));
  const sqs = async (functionId: string) => new SQSClient(await configuration(functionId, local.aws.endpoints.sqs));
  const item = (id: string) => ({ TableName: 'things', Item: { id: { S: id } } });
  const ITEM = item('secret value');

  it('allow only the actions in the policies of a role, with the error messages of AWS', async () => {
    const client = await dynamoDb('Writer');
    await client.send(new PutItemCommand(ITEM));
    await expect(client.send(new DeleteItemCommand({ TableName: 'things', Key: { id: { S: 'secret value' } } }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(new RegExp('^User: arn:aws:sts::111122223333:assumed-role/Stack-WriterRole-\\w+/Stack-Writer-\\w+ is not authorized to perform: '
        + `dynamodb:DeleteItem on resource: ${TABLE_ARN} because no identity-based policy allows the dynamodb:DeleteItem action$`)),
    });
  });

  it('are evaluated for each action of a transaction', async () => {
    const client = await dynamoDb('Writer');
    await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: ITEM }] }));
    const withDelete = { TransactItems: [{ Put: item('a') }, { Delete: { TableName: 'things', Key: { id: { S: 'b' } } } }] };
    await expect(client.send(new TransactWriteItemsCommand(withDelete))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(await local.aws.items('Table')).not.toContainEqual({ id: 'a' });
  });

  it('of a transaction can depend on the key of each item', async () => {
    const client = await dynamoDb('OwnWriter');
    const transact = async (...ids: string[]) => client.send(new TransactWriteItemsCommand({ TransactItems: ids.map((id) => ({ Put: item(id) })) }));
    await transact('own#1', 'own#2');
    await expect(transact('own#3', 'other#1')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(await local.aws.items('Table')).toEqual(expect.arrayContaining([{ id: 'own#1' }, { id: 'own#2' }]));
    expect(await local.aws.items('Table')).not.toContainEqual({ id: 'own#3' });
  });

  it('of a batch are those of sending, with the error code of SQS when denied', async () => {
    const { Queue: QueueUrl } = local.aws.outputs;
    const client = await sqs('Sender');
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'b' }] }));
    await expect((await sqs('Writer')).send(new SendMessageCommand({ QueueUrl, MessageBody: 'b' })))
      .rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining(`sqs:SendMessage on resource: ${QUEUE_ARN}`), $metadata: { httpStatusCode: 403 } });
  });

  it('are denied when the queue policy denies them', async () => {
    const call = (await sqs('Sender')).send(new SendMessageCommand({ QueueUrl: local.aws.outputs.ClosedQueue, MessageBody: 'b' }));
    await expect(call).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining('with an explicit deny in a resource-based policy') });
  });

  it('are limited by the permissions boundary', async () => {
    await (await dynamoDb('Bounded')).send(new PutItemCommand(ITEM));
    await expect((await sqs('Bounded')).send(new SendMessageCommand({ QueueUrl: local.aws.outputs.Queue, MessageBody: 'b' })))
      .rejects.toMatchObject({ message: expect.stringContaining('because no permissions boundary allows the sqs:SendMessage action') });
  });

  it('are logged and traced without the request body when denied', async () => {
    await expect((await dynamoDb('Sender')).send(new PutItemCommand(ITEM))).rejects.toThrow();
    const denials = local.events.filter((event) => event.kind === 'access' && !event.allowed && event.action === 'dynamodb:PutItem');
    expect(denials).toContainEqual(expect.objectContaining({ principal: expect.stringMatching(/assumed-role\/Stack-SenderRole-\w+\/Stack-Sender-/), resource: TABLE_ARN }));
    expect(local.lines).toContainEqual(expect.stringMatching(/^DynamoDB_20120810 PutItem is denied: User: .*Stack-Sender-\w+ is not authorized to perform: dynamodb:PutItem/));
    expect(JSON.stringify([local.lines, local.events])).not.toContain('secret value');
  });

  it('drop the logs of a function when its role can\'t write them', async () => {
    await local.aws.invoke('Writer', {});
    await local.aws.invoke('Sender', {});
    await eventually(() => local.lines.some((line) => line.startsWith('Sender: the logs are dropped: User: ')));
    await eventually(() => local.lines.includes('Writer: ran'));
    expect(local.lines).not.toContain('Sender: ran');
  });

  describe('start of a stack', () => {
    const start = async (resources: Resources) => startLocal(writeAssembly({ resources }));

    it('fails when a managed policy is not supported', async () => {
      const role = { ...roleAllowing(), ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess'] };
      await expect(start(caller('Work', role))).rejects.toThrow(
        'property ManagedPolicyArns is arn:aws:iam::aws:policy/PowerUserAccess: this managed policy is not supported by the local AWS');
    });

    it('fails when a condition key is not supported', async () => {
      const policy = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }] };
      await expect(start(caller('Work', { ...roleAllowing(), Policies: [{ PolicyName: 'p', PolicyDocument: policy }] })))
        .rejects.toThrow('the condition key aws:sourceip is not supported by the local AWS');
    });

    it('fails when Lambda can\'t assume a role', async () => {
      await expect(start(caller('Work', { AssumeRolePolicyDocument: {} }))).rejects.toThrow('the role WorkRole doesn\'t allow lambda.amazonaws.com to assume it');
    });

    it('fails when a role isn\'t in the template', async () => {
      await expect(start(nodeFunction('Work', CREDENTIALS, { Role: 'arn:aws:iam::111122223333:role/other' })))
        .rejects.toThrow('property Role is arn:aws:iam::111122223333:role/other, which isn\'t in the template');
    });
  });

  describe('invalid call', () => {
    async function signed(target: string, body: object): Promise<{ status: number; error: { __type: string; message: string } }> {
      const headers = { 'x-amz-target': target, 'authorization': `AWS4-HMAC-SHA256 Credential=${local.aws.credentials.accessKeyId}/20260101/us-east-1/x/aws4_request` };
      const response = await fetch(local.aws.endpoints.dynamodb, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: response.status, error: await response.json() as { __type: string; message: string } };
    }

    it.each([
      ['DynamoDB_20120810.PutItem', { TableName: 'things' }, 'ValidationException', 'Value at \'Item\' failed to satisfy constraint: Member must not be null'],
      ['DynamoDB_20120810.PutItem', { ...ITEM, ReturnValues: 'SOME' }, 'ValidationException', 'Value at \'ReturnValues\' failed to satisfy constraint: Member must satisfy enum value set'],
      ['DynamoDB_20120810.PutItem', { ...ITEM, Items: [] }, 'ValidationException', 'Value at \'Items\' failed'],
      ['AmazonSQS.SendMessage', { QueueUrl: 'x', MessageBody: 7 }, 'InvalidParameterValue', 'Value at \'MessageBody\' failed to satisfy constraint: Member must be a string'],
      ['RedshiftData.ExecuteStatement', { Sql: 'x', Parameters: [] }, 'ValidationException', 'Value at \'Parameters\' failed to satisfy constraint: Member must have length'],
    ])('returns for %s %j the error %s, and is reported as an event', async (target, body, code, problem) => {
      const { status, error } = await signed(target, body);
      expect([status, error.__type]).toEqual([400, code]);
      expect(error.message).toContain(problem);
      expect(local.events).toContainEqual(expect.objectContaining({ kind: 'invalid-call', problem: expect.stringContaining(problem) }));
    });
  });
});

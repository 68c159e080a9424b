import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, UpdateItemCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { removeAssemblies, writeAssembly } from './fixture/assembly';
import { eventually, noRedshiftData, startLocal } from './fixture/local';
import type { Watched } from './fixture/local';
import type { LocalAwsOptions } from '../../../local/aws';
import { startDynalite } from '../../../local/aws/dynamodb/start-dynalite';
import { dynamoDbLocal } from '../../support/local/dynamodb-local';
import { interpose, serviceError } from '../../support/local/interposed-service';

const KEYS = {
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'N' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
  BillingMode: 'PAY_PER_REQUEST',
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
};

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanups.splice(0).reverse()) {
    await close();
  }
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The bytes of all buffers that something still refers to. */
function bufferBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

const startDynamoDbLocal = dynamoDbLocal();

describe('on dynalite', () => testTables({}));
(startDynamoDbLocal === undefined ? describe.skip : describe)('on DynamoDB Local', () => testTables({ dynamoDb: startDynamoDbLocal }));

it('stops the emulator when it cannot create the tables', async () => {
  const emulator = await noRedshiftData();
  const close = jest.fn(emulator.close);
  const assembly = writeAssembly({ resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: KEYS } } });
  const start = startLocal(assembly, { dynamoDb: async () => ({ ...emulator, close }) });
  await expect(start).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
  expect(close).toHaveBeenCalledTimes(1);
});

it('stores an item in little more memory than its size', async () => {
  const items = 300;
  const dynalite = await startDynalite();
  const client = new DynamoDBClient({ endpoint: dynalite.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  const { TimeToLiveSpecification: _, ...table } = KEYS;
  cleanups.push(async () => dynalite.close(), async () => client.destroy());
  await client.send(new CreateTableCommand({ TableName: 'Table', ...table } as CreateTableCommandInput));
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName: 'Table' });
  const put = async (sk: number) => client.send(new PutItemCommand({ TableName: 'Table', Item: { pk: { S: 'a' }, sk: { N: String(sk) } } }));
  await put(0);
  const before = bufferBytes();
  for (let sk = 1; sk <= items; sk += 1) {
    await put(sk);
  }
  expect((bufferBytes() - before) / items).toBeLessThan(2000);
});

it('deletes expired items after the emulator recovers, and closes', async () => {
  let fails = false;
  const assembly = writeAssembly({ resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: KEYS } }, outputs: { table: { Ref: 'Table' } } });
  const local = await startLocal(assembly, {
    timeToLiveInterval: 20,
    dynamoDb: async () => interpose(await startDynalite(), async ({ target, forward }) => {
      return fails && target.endsWith('.Scan') ? serviceError('com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', 'no table') : forward();
    }),
  });
  const client = new DynamoDBClient({ endpoint: local.aws.endpoints.dynamodb, region: 'us-east-1', credentials: local.aws.credentials });
  fails = true;
  const expired = { pk: { S: 'a' }, sk: { N: '1' }, expiresAt: { N: String(Math.floor(Date.now() / 1000) - 10) } };
  await client.send(new PutItemCommand({ TableName: local.aws.outputs.table, Item: expired }));
  await eventually(() => local.lines.some((line) => line.includes('failed to delete expired items: ResourceNotFoundException')));
  fails = false;
  await eventually(async () => (await local.aws.items('Table')).length === 0);
  client.destroy();
  await local.aws.close();
  removeAssemblies();
});

function testTables(options: Partial<LocalAwsOptions>): void {
  let local: Watched;
  let client: DynamoDBClient;

  beforeAll(async () => {
    local = await startLocal(writeAssembly({
      resources: {
        Table: { Type: 'AWS::DynamoDB::Table', Properties: KEYS },
        Global: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { ...KEYS, Replicas: [{ Region: { Ref: 'AWS::Region' } }] } },
      },
      outputs: { table: { Ref: 'Table' }, global: { Ref: 'Global' } },
    }), {
      ...options,
      timeToLiveInterval: 50,
    });
    client = new DynamoDBClient({ endpoint: local.aws.endpoints.dynamodb, region: 'us-east-1', credentials: local.aws.credentials, maxAttempts: 1 });
  });

  afterAll(async () => {
    client?.destroy();
    await local?.aws.close();
    removeAssemblies();
  });

  const seconds = () => Math.floor(Date.now() / 1000);

  async function put(table: string, sk: number, expiresAt?: number): Promise<void> {
    await client.send(new PutItemCommand({
      TableName: local.aws.outputs[table],
      Item: { pk: { S: 'a' }, sk: { N: String(sk) }, ...expiresAt === undefined ? {} : { expiresAt: { N: String(expiresAt) } } },
    }));
  }

  it('stores items in the tables of the template by key', async () => {
    await put('table', 1);
    await put('global', 2);
    expect(await local.aws.items('Table')).toEqual([{ pk: 'a', sk: 1 }]);
    expect(await local.aws.items('Global')).toEqual([{ pk: 'a', sk: 2 }]);
    await expect(local.aws.items('Other')).rejects.toThrow('the table Other isn\'t in the template: use one of Table, Global');
  });

  it('throws ConditionalCheckFailedException when a condition fails', async () => {
    await put('table', 1);
    const command = new UpdateItemCommand({
      TableName: local.aws.outputs.table,
      Key: { pk: { S: 'a' }, sk: { N: '1' } },
      UpdateExpression: 'SET #acquired = :yes',
      ConditionExpression: 'attribute_exists(#acquired)',
      ExpressionAttributeNames: { '#acquired': 'acquired' },
      ExpressionAttributeValues: { ':yes': { BOOL: true } },
    });
    await expect(client.send(command)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });

  it('deletes only items that expired recently', async () => {
    // A sweep goes by the sort key, so the one that removes the last item has looked at the others.
    await put('table', 8, 1);
    await put('table', 9, seconds() + 1000);
    await put('table', 10, seconds() - 10);
    await eventually(async () => !(await local.aws.items('Table')).some(({ sk }) => sk === 10));
    const left = (await local.aws.items('Table')).map(({ sk }) => sk);
    expect(left).toEqual(expect.arrayContaining([8, 9]));
  });
}

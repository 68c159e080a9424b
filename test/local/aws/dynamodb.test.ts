import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { removeAssemblies, writeAssembly } from './fixture/assembly';
import { eventually, noRedshiftData, startLocal } from './fixture/local';
import { describeTables, KEYS } from './fixture/tables';
import { startDynalite } from '../../../local/aws/dynamodb/start-dynalite';
import { interpose, serviceError } from '../../support/local/interposed-service';

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

// test/deep/local/aws/dynamodb-local.test.ts has the same tests on DynamoDB Local.
describe('on dynalite', () => describeTables());

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

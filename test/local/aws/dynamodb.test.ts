import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, ScanCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { removeAssemblies, writeAssembly } from './fixture/assembly';
import { eventually, noRedshiftData, startLocal } from './fixture/local';
import { describeTables, KEYS } from './fixture/tables';
import { describeTransactions } from './fixture/transactions';
import { startDynalite } from '../../../local/aws/dynamodb/start-dynalite';
import { KEYS as TABLE_KEYS } from '../../../src/shared/table-keys';
import { interpose, serviceError } from '../../support/local/interposed-service';
import { createTable, documentClient } from '../../support/local/table-emulator';

const TableName = 'things';

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
describe('on dynalite', () => {
  describe('tables', () => describeTables());
  describe('transactions', () => describeTransactions());
});

it('stops the emulator when it cannot create the tables', async () => {
  const emulator = await noRedshiftData();
  const close = jest.fn(emulator.close);
  const assembly = writeAssembly({ resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: KEYS } } });
  const start = startLocal(assembly, { dynamoDb: async () => ({ ...emulator, close }) });
  await expect(start).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
  expect(close).toHaveBeenCalledTimes(1);
});

describe('dynalite', () => {
  let client: DynamoDBDocumentClient;
  let now = 0;

  beforeEach(async () => {
    const dynalite = await startDynalite(() => now);
    client = documentClient(dynalite.endpoint);
    await createTable(client, TableName);
    cleanups.push(async () => dynalite.close(), async () => client.destroy());
  });

  const keyOf = (sk: string) => ({ [TABLE_KEYS.partitionKey]: 'a', [TABLE_KEYS.sortKey]: sk });
  const put = (sk: string, n: number) => ({ Put: { TableName, Item: { ...keyOf(sk), n } } });
  const add = (sk: string, n: number) => ({ TableName, Key: keyOf(sk), UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': n } });

  async function stored(): Promise<Record<string, number>> {
    const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return Object.fromEntries(Items.map(({ [TABLE_KEYS.sortKey]: sk, n }) => [sk, n]));
  }

  it('never shows a part of a transaction, and loses no other write', async () => {
    const rounds = 20;
    await client.send(new TransactWriteCommand({ TransactItems: [put('from', 100), put('to', 0)] }));
    const move = async () => client.send(new TransactWriteCommand({ TransactItems: [{ Update: add('from', -1) }, { Update: add('to', 1) }] }));
    // The last item cancels the transaction after the others are written.
    const cancel = async () => client.send(new TransactWriteCommand({
      TransactItems: [{ Update: add('from', -1) }, { Update: add('to', 1) }, {
        ConditionCheck: { TableName, Key: keyOf('none'), ConditionExpression: 'attribute_exists(n)' },
      }],
    })).catch(({ name }) => name as string);
    const write = async (more: object) => client.send(new UpdateCommand({ ...add('from', 1), UpdateExpression: 'ADD writes :n', ...more }));
    const results = await Promise.all(Array.from({ length: rounds }, async () => Promise.all([
      move(),
      stored(),
      write({}),
      cancel(),
      stored(),
      write({ ConditionExpression: 'attribute_exists(n)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    ])));
    for (const [, first, , canceled, second] of results) {
      expect(canceled).toBe('TransactionCanceledException');
      expect([first, second].map(({ from, to }) => from + to)).toEqual([100, 100]);
    }
    expect(await stored()).toEqual({ from: 100 - rounds, to: rounds });
    const { Item } = await client.send(new GetCommand({ TableName, Key: keyOf('from'), ConsistentRead: true }));
    expect(Item).toMatchObject({ writes: 2 * rounds });
  });

  it('applies a transaction again when its token is older than 10 minutes', async () => {
    const increment = async () => client.send(new TransactWriteCommand({ TransactItems: [{ Update: add('counter', 1) }], ClientRequestToken: 'token' }));
    await increment();
    now += 10 * 60_000 - 1;
    await increment();
    expect(await stored()).toEqual({ counter: 1 });
    now += 1;
    await increment();
    expect(await stored()).toEqual({ counter: 2 });
  });

  it.each([
    ['operand is missing', 'SET n = missing_value', 'The provided expression refers to an attribute that does not exist in the item'],
    ['operand has another type', 'SET n = s + n', 'An operand in the update expression has an incorrect data type'],
    ['path doesn\'t exist', 'REMOVE m.a', 'The document path provided in the update expression is invalid for update'],
  ])('cancels a transaction with the reason ValidationError when an %s', async (_, UpdateExpression, Message) => {
    await client.send(new PutCommand({ TableName, Item: { ...keyOf('a'), n: 1, s: 's' } }));
    const call = client.send(new TransactWriteCommand({ TransactItems: [put('b', 1), { Update: { TableName, Key: keyOf('a'), UpdateExpression } }] }));
    await expect(call).rejects.toMatchObject({ name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError', Message }] });
    expect(await stored()).toEqual({ a: 1 });
  });

  it('returns the consumed capacity of a transaction: two units for each KB of the larger size of an item', async () => {
    await client.send(new PutCommand({ TableName, Item: { ...keyOf('a'), s: 'x'.repeat(1500) } }));
    const TransactItems = [{ Delete: { TableName, Key: keyOf('a') } }, put('b', 1)];
    const { ConsumedCapacity } = await client.send(new TransactWriteCommand({ TransactItems, ReturnConsumedCapacity: 'TOTAL' }));
    expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 6, WriteCapacityUnits: 6 }]);
  });

  it('rejects a transaction that returns the consumed capacity of indexes, which is not supported', async () => {
    await expect(client.send(new TransactWriteCommand({ TransactItems: [put('a', 1)], ReturnConsumedCapacity: 'INDEXES' })))
      .rejects.toThrow('The consumed capacity of indexes is not supported by the local AWS: set ReturnConsumedCapacity to TOTAL');
  });
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

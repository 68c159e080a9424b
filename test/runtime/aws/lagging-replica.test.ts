import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunningService } from '../../../local/aws';
import { startDynalite } from '../../../local/aws/dynamodb/start-dynalite';
import { KEYS } from '../../../src/function-settings';
import { createReplicatedTable, readStale } from '../../support/lagging-replica';
import { documentClient } from '../../support/table-emulator';

const TableName = 'replicated';
const KEY = { [KEYS.partitionKey]: 'p', [KEYS.sortKey]: 's' };

describe('readStale', () => {
  let emulator: RunningService;
  let client: DynamoDBDocumentClient;

  beforeAll(async () => {
    emulator = await startDynalite();
    client = readStale(documentClient(emulator.endpoint));
    await createReplicatedTable(client, TableName);
    await client.send(new PutCommand({ TableName, Item: { ...KEY, value: 1 } }));
    await client.send(new PutCommand({ TableName, Item: { ...KEY, value: 2 } }));
  });

  afterAll(async () => {
    client.destroy();
    await emulator.close();
  });

  it.each([[2, true], [1, false], [1, undefined]])('returns value %d of an item when ConsistentRead is %s', async (value, ConsistentRead) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: KEY, ConsistentRead }));
    expect(Item).toEqual({ ...KEY, value });
  });

  it.each([[2, true], [1, false], [1, undefined]])('returns value %d by a query when ConsistentRead is %s', async (value, ConsistentRead) => {
    const { Items } = await client.send(new QueryCommand({
      TableName,
      KeyConditionExpression: '#key = :key',
      ExpressionAttributeNames: { '#key': KEYS.partitionKey },
      ExpressionAttributeValues: { ':key': 'p' },
      ConsistentRead,
    }));
    expect(Items).toEqual([{ ...KEY, value }]);
  });
});

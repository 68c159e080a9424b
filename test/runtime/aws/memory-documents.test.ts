import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { KEYS } from '../../../src/shared/table-keys';
import { MemoryDocuments } from '../../support/memory/memory-documents';

const TableName = 'table';
const KEY = { [KEYS.partitionKey]: 'p', [KEYS.sortKey]: 's' };

describe('MemoryDocuments', () => {
  const client = new MemoryDocuments().client();

  beforeAll(async () => {
    await client.send(new PutCommand({ TableName, Item: { ...KEY, value: 1 } }));
    await client.send(new PutCommand({ TableName, Item: { ...KEY, value: 2 } }));
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

  it.each([
    '#value IN (:one)',
    'attribute_type(#value, :one)',
    'size(#value) > :one',
    '#value ~ :one',
    '#value',
  ])('rejects the condition %s, which it does not support', async (condition) => {
    const command = new DeleteCommand({
      TableName, Key: KEY, ConditionExpression: condition, ExpressionAttributeNames: { '#value': 'value' }, ExpressionAttributeValues: { ':one': 1 },
    });
    await expect(client.send(command)).rejects.toThrow('MemoryDocuments does not support');
  });

  it('rejects an update that it does not support', async () => {
    const command = new UpdateCommand({ TableName, Key: KEY, UpdateExpression: 'DELETE #value :one', ExpressionAttributeNames: { '#value': 'value' } });
    await expect(client.send(command)).rejects.toThrow('MemoryDocuments does not support the expression DELETE #value :one');
  });
});

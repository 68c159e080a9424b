import { DeleteCommand, GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { RunningService } from '../../../local/aws';
import { startDynalite } from '../../../local/aws/dynamodb/start-dynalite';
import { KEYS } from '../../../src/shared/table-keys';
import { createTable, documentClient } from '../../support/local/table-emulator';
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

const EXISTS = { ConditionExpression: 'attribute_exists(partitionKey)' };
const NOT_EXISTS = { ConditionExpression: 'attribute_not_exists(partitionKey)' };
const ALL_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
const ADD = { UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': 1 } };
const STORED = { n: 1, s: 's', list: [1, 'a', null, { b: true }], set: new Set(['x', 'y']), bytes: new Uint8Array([1, 2]) };
/** Adds the table and the key of the stored item, or of another item. */
const at = (sortKey = 's') => ({ TableName, Key: { ...KEY, [KEYS.sortKey]: sortKey } });
const item = (sortKey = 's') => ({ TableName, Item: { ...at(sortKey).Key, n: 5 } });

type TransactItems = NonNullable<TransactWriteCommandInput['TransactItems']>;

describe('MemoryDocuments and the document client of an emulator', () => {
  let emulator: RunningService;
  let documents: DynamoDBDocumentClient;
  let memory: DynamoDBDocumentClient;

  beforeAll(async () => {
    emulator = await startDynalite();
    documents = documentClient(emulator.endpoint);
    await createTable(documents, TableName);
  });

  afterAll(async () => {
    documents.destroy();
    await emulator.close();
  });

  beforeEach(async () => {
    memory = new MemoryDocuments().client();
    await Promise.all(['other', 'third'].map(async (sortKey) => documents.send(new DeleteCommand(at(sortKey)))));
    await Promise.all([memory, documents].map(async (client) => client.send(new PutCommand({ TableName, Item: { ...KEY, ...STORED } }))));
  });

  async function failure(client: DynamoDBDocumentClient, command: object) {
    const error = await client.send(command as PutCommand).then(() => new Error('the call succeeded'), (reason) => reason);
    const { name, message, Item, CancellationReasons } = error;
    return { name, message, Item, CancellationReasons };
  }

  async function stored(client: DynamoDBDocumentClient) {
    return Promise.all(['s', 'other', 'third'].map(async (sortKey) => (await client.send(new GetCommand({ ...at(sortKey), ConsistentRead: true }))).Item));
  }

  it.each([
    ['a put', 'ConditionalCheckFailedException', new PutCommand({ ...item(), ...NOT_EXISTS })],
    ['a put, which returns the item,', 'ConditionalCheckFailedException', new PutCommand({ ...item(), ...NOT_EXISTS, ...ALL_OLD })],
    ['an update, which returns the item,', 'ConditionalCheckFailedException', new UpdateCommand({ ...at(), ...ADD, ...NOT_EXISTS, ...ALL_OLD })],
    ['a delete, which returns the item,', 'ConditionalCheckFailedException', new DeleteCommand({ ...at(), ...NOT_EXISTS, ...ALL_OLD })],
    ['a delete, which returns the absent item,', 'ConditionalCheckFailedException', new DeleteCommand({ ...at('other'), ...EXISTS, ...ALL_OLD })],
    ['a transaction', 'TransactionCanceledException', new TransactWriteCommand({
      TransactItems: [{ Put: item('other') }, { Update: { ...at(), ...ADD, ...NOT_EXISTS, ...ALL_OLD } }, { Delete: { ...at('third'), ...EXISTS, ...ALL_OLD } }],
    })],
    ['a transaction, which returns no item,', 'TransactionCanceledException', new TransactWriteCommand({
      TransactItems: [{ ConditionCheck: { ...at(), ...NOT_EXISTS } }, { Put: item('other') }],
    })],
    ['a transaction with two actions for one item', 'ValidationException', new TransactWriteCommand({
      TransactItems: [{ Put: item('other') }, { Delete: at('other') }],
    })],
    ['a transaction with two actions in one item', 'ValidationException', new TransactWriteCommand({
      TransactItems: [{ Put: item('other'), Delete: at('third') }] as TransactItems,
    })],
  ])('throw the same error when %s fails', async (_, name, command) => {
    const error = await failure(documents, command);
    expect(error.name).toBe(name);
    expect(await failure(memory, command)).toEqual(error);
    expect(await stored(memory)).toEqual(await stored(documents));
  });

  it('store the same items by a transaction', async () => {
    const command = { TransactItems: [{ Put: { ...item('other'), ...NOT_EXISTS } }, { Update: { ...at(), ...ADD, ...EXISTS } }, { ConditionCheck: { ...at('third'), ...NOT_EXISTS } }] };
    await Promise.all([memory, documents].map(async (client) => client.send(new TransactWriteCommand(command))));
    const items = await stored(memory);
    expect(items).toMatchObject([{ n: 2 }, { n: 5 }, undefined]);
    expect(items).toEqual(await stored(documents));
  });

  it.each([0, 101])('rejects a transaction of %d items in memory', async (length) => {
    const TransactItems = Array.from({ length }, (_, index) => ({ Put: item(String(index)) }));
    await expect(memory.send(new TransactWriteCommand({ TransactItems }))).rejects.toThrow('A transaction must have 1 to 100 items');
  });

  it('rejects in memory a token, which it does not support', async () => {
    await expect(memory.send(new TransactWriteCommand({ TransactItems: [{ Put: item('other') }], ClientRequestToken: 'token' })))
      .rejects.toThrow('MemoryDocuments does not support ClientRequestToken');
  });
});

import { DeleteCommand, GetCommand, paginateQuery, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createPlaceholders } from './expressions';
import type { Expressions } from './expressions';
import type { ItemKey } from './item-keys';
import { readCancellation, toTransactItems } from './transactions';
import type { TransactionResult, TransactionWrite } from './transactions';
import { KEYS } from '../../../shared/table-keys';
import type { Clock } from '../../model/ports';
import { call } from '../clients/call';
import { getErrorName } from '../clients/errors';

export type Item = Record<string, unknown>;

/** Condition: the item exists and hasn't expired. */
export const ALIVE = `#${KEYS.expiresAt} > :seconds`;

/** Condition: the item doesn't exist, or has expired. */
export const ABSENT = `(attribute_not_exists(#${KEYS.expiresAt}) OR #${KEYS.expiresAt} <= :seconds)`;

const IN_PARTITION = `#${KEYS.partitionKey} = :partition`;

/**
 * A DynamoDB table. Each method is one call. Reads are strongly consistent and omit expired items. Expressions can use `:now`, in milliseconds since
 * the epoch, and `:seconds`.
 */
export class DynamoDbTable {
  constructor(private readonly client: DynamoDBDocumentClient, private readonly tableName: string, private readonly clock: Clock) {}

  public async get(key: ItemKey): Promise<Item | undefined> {
    const { Item } = await call(() => this.client.send(new GetCommand({ TableName: this.tableName, Key: key, ConsistentRead: true })));
    return Item && this.isAlive(Item) ? Item : undefined;
  }

  /** Lists the items of a partition by a prefix of the sort key, with one call for each megabyte. */
  public async query(partition: string, prefix: string): Promise<Item[]> {
    const condition = `${IN_PARTITION} AND begins_with(#${KEYS.sortKey}, :prefix)`;
    const pages = paginateQuery({ client: this.client }, this.queryInput(condition, { partition, prefix }));
    const items = await call(async () => {
      const found: Item[] = [];
      for await (const page of pages) {
        found.push(...page.Items ?? []);
      }
      return found;
    });
    return items.filter((item) => this.isAlive(item));
  }

  /** Returns the item with the last sort key in an inclusive range. */
  public async last(partition: string, from: string, to: string): Promise<Item | undefined> {
    const condition = `${IN_PARTITION} AND #${KEYS.sortKey} BETWEEN :from AND :to`;
    const input = { ...this.queryInput(condition, { partition, from, to }), ScanIndexForward: false, Limit: 1 };
    const { Items = [] } = await call(() => this.client.send(new QueryCommand(input)));
    return Items.find((item) => this.isAlive(item));
  }

  /** Returns the items with the first sort keys in an inclusive range. */
  public async first(partition: string, [from, to]: readonly [string, string], limit: number): Promise<Item[]> {
    const condition = `${IN_PARTITION} AND #${KEYS.sortKey} BETWEEN :from AND :to`;
    const input = { ...this.queryInput(condition, { partition, from, to }), Limit: limit };
    const { Items = [] } = await call(() => this.client.send(new QueryCommand(input)));
    return Items.filter((item) => this.isAlive(item));
  }

  /** Stores or replaces an item. Returns false, without effect, if the condition doesn't hold. */
  public async put(key: ItemKey, item: object, { condition, values }: Expressions = {}): Promise<boolean> {
    const command = new PutCommand({
      TableName: this.tableName,
      Item: { ...item, ...key },
      ConditionExpression: condition,
      ...this.createPlaceholders({ condition, values }),
    });
    return await unlessConditionFails(() => this.client.send(command)) !== undefined;
  }

  /** Updates and returns an item. Returns undefined, without effect, if the condition doesn't hold. */
  public async update(key: ItemKey, { update, condition, values }: Expressions): Promise<Item | undefined> {
    const command = new UpdateCommand({
      TableName: this.tableName,
      Key: key,
      UpdateExpression: update,
      ConditionExpression: condition,
      ReturnValues: 'ALL_NEW',
      ...this.createPlaceholders({ update, condition, values }),
    });
    const output = await unlessConditionFails(() => this.client.send(command));
    return output?.Attributes;
  }

  /** Removes and returns an item. Returns undefined if it doesn't exist or the condition doesn't hold. */
  public async delete(key: ItemKey, { condition, values }: Expressions = {}): Promise<Item | undefined> {
    const command = new DeleteCommand({
      TableName: this.tableName,
      Key: key,
      ConditionExpression: condition,
      ReturnValues: 'ALL_OLD',
      ...this.createPlaceholders({ condition, values }),
    });
    return (await unlessConditionFails(() => this.client.send(command)))?.Attributes;
  }

  /** Makes all writes or, if a condition doesn't hold or another transaction writes one of the items, none. */
  public async transact(writes: readonly TransactionWrite[]): Promise<TransactionResult> {
    const values = { now: this.clock.now(), seconds: this.seconds() };
    const command = new TransactWriteCommand({ TransactItems: toTransactItems(this.tableName, writes, values) });
    try {
      await call(() => this.client.send(command));
      return { state: 'done' };
    } catch (error) {
      return readCancellation(error);
    }
  }

  private queryInput(condition: string, values: Expressions['values']) {
    return { TableName: this.tableName, ConsistentRead: true, KeyConditionExpression: condition, ...this.createPlaceholders({ condition, values }) };
  }

  private createPlaceholders({ update = '', condition = '', values }: Expressions) {
    return createPlaceholders(`${update} ${condition}`, { ...values, now: this.clock.now(), seconds: this.seconds() });
  }

  private isAlive(item: Item): boolean {
    return item[KEYS.expiresAt] as number > this.seconds();
  }

  private seconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }
}

async function unlessConditionFails<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call(action);
  } catch (error) {
    if (getErrorName(error) === 'ConditionalCheckFailedException') {
      return undefined;
    }
    throw error;
  }
}

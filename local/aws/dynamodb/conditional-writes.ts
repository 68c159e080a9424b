import type { DynaliteCalls } from './dynalite-calls';
import { DynamoDbError } from './dynamodb-error';

export type Attributes = Readonly<Record<string, unknown>>;

/** Input of PutItem, UpdateItem or DeleteItem, or an action of a transaction. */
export interface WriteInput {
  readonly TableName: string;
  readonly Item?: Attributes;
  readonly Key?: Attributes;
  readonly ExpressionAttributeValues?: Attributes;
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE';
}

/** Single writes that can return the item on a failed condition. No other call may write the item at the same time. */
export class ConditionalWrites {
  constructor(private readonly dynalite: DynaliteCalls) {}

  /** Throws `ConditionalCheckFailedException`, with `Item` if the input requires it and the item exists. */
  public async write(operation: string, input: WriteInput): Promise<Record<string, any>> {
    const { ReturnValuesOnConditionCheckFailure: returned, ...supported } = input;
    try {
      return await this.dynalite.call(operation, supported);
    } catch (error) {
      if (error instanceof DynamoDbError && error.code === 'ConditionalCheckFailedException' && returned === 'ALL_OLD') {
        throw new DynamoDbError(error.code, error.message, await this.storedItem(input));
      }
      throw error;
    }
  }

  /** Returns the key of the item. Throws if the table doesn't exist. */
  public async keyOf({ TableName, Key, Item = {} }: WriteInput): Promise<Attributes> {
    if (Key !== undefined) {
      return Key;
    }
    const { Table } = await this.dynalite.call('DescribeTable', { TableName });
    const names = (Table.KeySchema as readonly { AttributeName: string }[]).map(({ AttributeName: name }) => name);
    return Object.fromEntries(names.map((name) => [name, Item[name]]));
  }

  private async storedItem(input: WriteInput): Promise<{ Item?: Attributes }> {
    const { Item } = await this.dynalite.call('GetItem', { TableName: input.TableName, Key: await this.keyOf(input), ConsistentRead: true });
    return Item === undefined ? {} : { Item };
  }
}

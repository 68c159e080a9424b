import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { compileCondition, compileUpdate } from './memory-expressions';
import type { Attributes, Placeholders } from './memory-expressions';
import { KEYS } from '../../../src/shared/table-keys';

const { partitionKey: PARTITION, sortKey: SORT, expiresAt: EXPIRES_AT } = KEYS;

/** An item as it is, and as it was before its last write: what a read returns that is not consistent. */
interface Versions {
  readonly current?: Attributes;
  readonly previous?: Attributes;
}

interface Write extends Placeholders {
  readonly Item?: Attributes;
  readonly Key?: Attributes;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ReturnValues?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

interface Read extends Placeholders {
  readonly ConsistentRead?: boolean;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
}

interface TransactItem {
  readonly Put?: Write;
  readonly Update?: Write;
  readonly Delete?: Write;
  readonly ConditionCheck?: Write;
}

interface Transaction {
  readonly TransactItems: readonly TransactItem[];
  readonly ClientRequestToken?: string;
}

const MAX_TRANSACT_ITEMS = 100;

/**
 * A table of DynamoDB in memory, behind the commands of the document client. Every command has its effect at once, so that it is as fast as a simulation needs. A
 * read that does not set `ConsistentRead: true` returns the item as it was before its last write.
 */
export class MemoryDocuments {
  private readonly partitions = new Map<string, Map<string, Versions>>();

  /** The table as the functions have it. */
  public client(): DynamoDBDocumentClient {
    const client = Object.create(DynamoDBDocumentClient.prototype) as { send: unknown };
    client.send = async (command: { readonly input: object }) => this.execute(command);
    return client as DynamoDBDocumentClient;
  }

  /** Everything that is stored, expired or not. */
  public items(): Attributes[] {
    return [...this.partitions.values()].flatMap((partition) => existing([...partition.values()].map(({ current }) => current)));
  }

  /** Deletes what has expired at a time, in seconds since the epoch. */
  public purge(seconds: number): void {
    for (const item of this.items().filter(({ [EXPIRES_AT]: expiresAt }) => expiresAt as number <= seconds)) {
      this.partitions.get(item[PARTITION] as string)!.delete(item[SORT] as string);
    }
  }

  private execute(command: { readonly input: object }): object {
    const { input } = command;
    switch (true) {
      case command instanceof GetCommand: return { Item: copyOf(this.read(input as Read, (input as Write).Key!)) };
      case command instanceof QueryCommand: return this.query(input as Read);
      case command instanceof PutCommand: return this.put(input as Write);
      case command instanceof UpdateCommand: return this.update(input as Write);
      case command instanceof DeleteCommand: return this.delete(input as Write);
      case command instanceof TransactWriteCommand: return this.transact(input as Transaction);
      default: throw new Error(`MemoryDocuments does not support ${command.constructor.name}`);
    }
  }

  private read({ ConsistentRead }: Read, key: Attributes): Attributes | undefined {
    return versionOf(this.partitions.get(key[PARTITION] as string)?.get(key[SORT] as string), ConsistentRead);
  }

  private query(input: Read): object {
    const { KeyConditionExpression = '', FilterExpression, ScanIndexForward = true, Limit = Infinity, ConsistentRead, ExpressionAttributeValues = {} } = input;
    const [, partition] = /= (:\w+)/.exec(KeyConditionExpression)!;
    const matches = compileCondition(KeyConditionExpression);
    const passes = FilterExpression === undefined ? () => true : compileCondition(FilterExpression);
    const stored = [...this.partitions.get(ExpressionAttributeValues[partition] as string)?.values() ?? []];
    const found = existing(stored.map((versions) => versionOf(versions, ConsistentRead)))
      .filter((item) => matches(item, input) && passes(item, input))
      .sort((one, other) => (one[SORT] as string < (other[SORT] as string) ? -1 : 1) * (ScanIndexForward ? 1 : -1));
    const items = found.slice(0, Limit).map((item) => copyOf(item));
    return { Items: items, Count: items.length };
  }

  private put(input: Write): object {
    const old = this.checked(input, input.Item!);
    this.store(input.Item!, withoutUndefined(input.Item!) as Attributes);
    return { Attributes: copyOf(old) };
  }

  private update(input: Write): object {
    const old = this.checked(input, input.Key!);
    const item = compileUpdate(input.UpdateExpression ?? '')(old ?? input.Key!, input);
    const stored = withoutUndefined(item) as Attributes;
    this.store(input.Key!, stored);
    return { Attributes: copyOf(input.ReturnValues?.endsWith('OLD') ? old : stored) };
  }

  private delete(input: Write): object {
    const old = this.checked(input, input.Key!);
    if (old !== undefined) {
      this.store(input.Key!, undefined);
    }
    return { Attributes: copyOf(old) };
  }

  private transact({ TransactItems: items, ClientRequestToken: token }: Transaction): object {
    if (token !== undefined) {
      throw new Error('MemoryDocuments does not support ClientRequestToken');
    }
    checkActions(items);
    const reasons = items.map((item) => this.reasonOf(writeOf(item)));
    if (reasons.some(({ Code }) => Code !== 'None')) {
      const codes = reasons.map(({ Code }) => Code).join(', ');
      const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
      throw new TransactionCanceledException({ message, CancellationReasons: reasons, $metadata: {} });
    }
    for (const { Put, Update, Delete } of items) {
      if (Put !== undefined) {
        this.put(Put);
      } else if (Update !== undefined) {
        this.update(Update);
      } else if (Delete !== undefined) {
        this.delete(Delete);
      }
    }
    return {};
  }

  private reasonOf(write: Write): CancellationReason {
    try {
      this.checked(write, keyOf(write));
      return { Code: 'None' };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        const { message, Item } = error;
        return { Code: 'ConditionalCheckFailed', Message: message, ...Item && { Item } };
      }
      throw error;
    }
  }

  /** Returns the stored item if the condition is met. */
  private checked(input: Write, key: Attributes): Attributes | undefined {
    const item = this.read({ ConsistentRead: true }, key);
    if (input.ConditionExpression !== undefined && !compileCondition(input.ConditionExpression)(item ?? {}, input)) {
      const isReturned = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item !== undefined;
      // The document client doesn't unmarshal the members of errors.
      throw new ConditionalCheckFailedException({ message: 'The conditional request failed', ...isReturned && { Item: marshall(item) }, $metadata: {} });
    }
    return item;
  }

  private store({ [PARTITION]: partitionKey, [SORT]: sortKey }: Attributes, item: Attributes | undefined): void {
    const partition = this.partitions.get(partitionKey as string) ?? new Map<string, Versions>();
    this.partitions.set(partitionKey as string, partition);
    partition.set(sortKey as string, { current: item, previous: partition.get(sortKey as string)?.current });
  }
}

function checkActions(items: readonly TransactItem[]): void {
  if (items.length === 0 || items.length > MAX_TRANSACT_ITEMS) {
    throw invalid(`A transaction must have 1 to ${MAX_TRANSACT_ITEMS} items`);
  }
  const keys = items.map((item) => keyOf(writeOf(item))).map((key) => JSON.stringify([key[PARTITION], key[SORT]]));
  if (new Set(keys).size < keys.length) {
    throw invalid('Transaction request cannot include multiple operations on one item');
  }
}

function writeOf(item: TransactItem): Write {
  const [write, ...others] = Object.values(item) as Write[];
  if (write === undefined || others.length > 0) {
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  return write;
}

function keyOf({ Item, Key }: Write): Attributes {
  return (Item ?? Key)!;
}

function invalid(message: string): Error {
  return Object.assign(new Error(message), { name: 'ValidationException' });
}

function versionOf(versions: Versions | undefined, consistent = false): Attributes | undefined {
  return consistent ? versions?.current : versions?.previous;
}

function existing(items: readonly (Attributes | undefined)[]): Attributes[] {
  return items.filter((item): item is Attributes => item !== undefined);
}

function copyOf<T extends Attributes | undefined>(item: T): T {
  return item && { ...item };
}

/** A copy that shares nothing but bytes and sets, as the option `removeUndefinedValues` leaves it. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutUndefined);
  }
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array || value instanceof Set) {
    return value;
  }
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== undefined) {
      copy[key] = withoutUndefined(inner);
    }
  }
  return copy;
}

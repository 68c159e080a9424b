import { DeleteCommand, GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createTable } from './table-emulator';
import { KEYS } from '../../src/function-settings';

interface Command {
  readonly input: object;
}

type NewCommand = new (input: object) => Command;
type Send = (command: Command) => Promise<unknown>;

const WRITES = [DeleteCommand, PutCommand, TransactWriteCommand, UpdateCommand] as unknown as readonly NewCommand[];

/** Creates a table, and its replica, for a client that `readStale` has changed. */
export async function createReplicatedTable(client: DynamoDBDocumentClient, tableName: string): Promise<void> {
  await createTable(client, tableName);
  await createTable(client, replicaOf(tableName));
}

/**
 * Makes a client read stale items unless a read sets `ConsistentRead: true`: the read is sent to a replica that lacks the last write of every item. An
 * emulator, and DynamoDB most of the time, would return the current items.
 */
export function readStale(client: DynamoDBDocumentClient): DynamoDBDocumentClient {
  const send = client.send.bind(client) as unknown as Send;
  const writes = new Map<string, Promise<unknown>>();
  const lastWrites = new Map<string, Command>();

  async function write(command: Command, keys: readonly string[]): Promise<unknown> {
    for (const last of new Set(keys.map((key) => lastWrites.get(key)))) {
      await (last && send(last));
    }
    keys.forEach((key) => lastWrites.delete(key));
    const output = await send(command);
    const replicated = forReplica(command);
    keys.forEach((key) => lastWrites.set(key, replicated));
    return output;
  }

  const sendOrReplicate: Send = async (command) => {
    if (command instanceof GetCommand || command instanceof QueryCommand) {
      return send(command.input.ConsistentRead === true ? command : forReplica(command));
    }
    if (!WRITES.some((kind) => command instanceof kind)) {
      return send(command);
    }
    const keys = keysOf(command.input);
    const output = Promise.all(keys.map((key) => writes.get(key))).then(async () => write(command, keys));
    keys.forEach((key) => writes.set(key, output.catch(() => undefined)));
    return output;
  };
  client.send = sendOrReplicate as unknown as DynamoDBDocumentClient['send'];
  return client;
}

/** The items that a command writes. */
function keysOf(input: object): string[] {
  const { TransactItems, Item, Key, TableName } = input as { TransactItems?: object[]; Item?: object; Key?: object; TableName?: string };
  if (TransactItems !== undefined) {
    return TransactItems.flatMap((item) => Object.values(item) as object[]).flatMap(keysOf);
  }
  const { [KEYS.partitionKey]: partition, [KEYS.sortKey]: sort } = (Item ?? Key) as Record<string, string>;
  return [JSON.stringify([TableName, partition, sort])];
}

function replicaOf(tableName: string): string {
  return `${tableName}-replica`;
}

/** The same command, for the replica of each table that it names. */
function forReplica(command: Command): Command {
  const NewCommand = command.constructor as NewCommand;
  return new NewCommand(renamed(command.input) as object);
}

/** A copy in which every `TableName` is that of the replica; items keep their values, which hold no such attribute. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(renamed);
  }
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === 'TableName' ? replicaOf(inner as string) : renamed(inner)]));
}

import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbTable } from '../../../src/runtime/aws/dynamodb/dynamodb-table';
import type { Clock } from '../../../src/runtime/model/ports';
import { KEYS } from '../../../src/shared/table-keys';

const TABLE_NAME = 'table';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A client of an emulator, as the functions have it. */
export function documentClient(endpoint: string): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: CREDENTIALS });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** The table of the functions in an emulator. */
export function tableAt(client: DynamoDBDocumentClient, clock: Clock, tableName = TABLE_NAME): DynamoDbTable {
  return new DynamoDbTable(client, tableName, clock);
}

/** Creates a table with the keys that the template gives it. */
export async function createTable(client: DynamoDBDocumentClient, tableName = TABLE_NAME): Promise<void> {
  await client.send(new CreateTableCommand({
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [KEYS.partitionKey, KEYS.sortKey].map((name) => ({ AttributeName: name, AttributeType: 'S' as const })),
    KeySchema: [{ AttributeName: KEYS.partitionKey, KeyType: 'HASH' }, { AttributeName: KEYS.sortKey, KeyType: 'RANGE' }],
  }));
  await waitUntilTableExists({ client: client as unknown as DynamoDBClient, maxWaitTime: 10, minDelay: 1 }, { TableName: tableName });
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { MAXIMUM_ATTEMPTS } from './client';
import { systemClock } from './clock';
import { DynamoDbStore } from './dynamodb-store';
import { setting } from './environment';

/** The store in the table that the environment names. */
export function tableStore(environment: NodeJS.ProcessEnv): DynamoDbStore {
  const client = new DynamoDBClient({ maxAttempts: MAXIMUM_ATTEMPTS });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return new DynamoDbStore(documents, setting(environment, 'TABLE_NAME'), systemClock);
}

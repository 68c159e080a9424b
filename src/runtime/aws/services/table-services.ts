import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from './clock';
import { readCallerIdentity, readSetting } from './environment';
import type { Environment } from './environment';
import { log } from './log';
import type { TableServices } from '../../model/services';
import { watchAttempts } from '../clients/attempts';
import { getClientOptions } from '../clients/client-options';
import { DynamoDbStore } from '../dynamodb/dynamodb-store';
import { DynamoDbTable } from '../dynamodb/dynamodb-table';
import { SqsQueue } from '../sqs-queue';

/** Creates the table from the environment. */
export function createTable(environment: Environment): DynamoDbTable {
  const client = watchAttempts(new DynamoDBClient(getClientOptions('dynamoDb')));
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return new DynamoDbTable(documents, readSetting(environment, 'TABLE_NAME'), systemClock);
}

/** Creates the services of OnDisconnect from its environment. */
export function createTableServices(environment: Environment, table = createTable(environment)): TableServices {
  const queue = watchAttempts(new SQSClient(getClientOptions('sqs')));
  return {
    store: new DynamoDbStore(table),
    queue: new SqsQueue(queue, readSetting(environment, 'QUEUE_URL')),
    log,
    identifiesCallers: readCallerIdentity(environment) !== undefined,
  };
}

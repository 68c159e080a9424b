import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from './clock';
import { callerIdentity, setting } from './environment';
import type { Environment } from './environment';
import { log } from './log';
import type { TableServices } from '../../model/services';
import { watchAttempts } from '../clients/attempts';
import { clientOptions } from '../clients/client-options';
import { DynamoDbStore } from '../dynamodb/dynamodb-store';
import { DynamoDbTable } from '../dynamodb/dynamodb-table';
import { SqsQueue } from '../sqs-queue';

/** Creates the table from the environment. */
export function dynamoDbTable(environment: Environment): DynamoDbTable {
  const client = watchAttempts(new DynamoDBClient(clientOptions('dynamoDb')));
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return new DynamoDbTable(documents, setting(environment, 'TABLE_NAME'), systemClock);
}

/** Creates the services of OnDisconnect from its environment. */
export function tableServices(environment: Environment, table = dynamoDbTable(environment)): TableServices {
  const queue = watchAttempts(new SQSClient(clientOptions('sqs')));
  return {
    store: new DynamoDbStore(table),
    queue: new SqsQueue(queue, setting(environment, 'QUEUE_URL')),
    log,
    identifiesCallers: callerIdentity(environment) !== undefined,
  };
}

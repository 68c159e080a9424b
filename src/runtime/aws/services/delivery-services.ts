import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from './clock';
import { readSetting } from './environment';
import type { Environment } from './environment';
import { createStatementServices } from './services';
import { createTable } from './table-services';
import type { Services } from '../../model/services';
import { watchAttempts } from '../clients/attempts';
import { getClientOptions } from '../clients/client-options';
import { DynamoDbResults } from '../dynamodb/dynamodb-results';
import { S3Bucket } from '../s3-bucket';
import { SqsDeadLetters } from '../sqs-queue';

/** Creates the services of SendMessage from its environment. Other functions don't load the S3 client, which is large. */
export function createDeliveryServices(environment: Environment): Services {
  const table = createTable(environment);
  const client = watchAttempts(new S3Client(getClientOptions('s3')));
  const bucket = new S3Bucket(client, readSetting(environment, 'RESULT_BUCKET_NAME'));
  const sqs = watchAttempts(new SQSClient(getClientOptions('sqs')));
  return {
    ...createStatementServices(environment, table),
    results: new DynamoDbResults(table, bucket, systemClock),
    deadLetters: new SqsDeadLetters(sqs, readSetting(environment, 'DEAD_LETTER_QUEUE_URL')),
  };
}

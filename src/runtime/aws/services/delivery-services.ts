import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from './clock';
import { setting } from './environment';
import type { Environment } from './environment';
import { DynamoDbResults } from '../dynamodb/dynamodb-results';
import { S3Bucket } from '../s3-bucket';
import { statementServices } from './services';
import { SqsDeadLetters } from '../sqs-queue';
import { dynamoDbTable } from './table-services';
import type { Services } from '../../model/services';
import { watchAttempts } from '../clients/attempts';
import { clientOptions } from '../clients/client-options';

/** Creates the services of SendMessage from its environment. Other functions don't load the S3 client, which is large. */
export function deliveryServices(environment: Environment): Services {
  const table = dynamoDbTable(environment);
  const client = watchAttempts(new S3Client(clientOptions('s3')));
  const bucket = new S3Bucket(client, setting(environment, 'RESULT_BUCKET_NAME'));
  const sqs = watchAttempts(new SQSClient(clientOptions('sqs')));
  return {
    ...statementServices(environment, table),
    results: new DynamoDbResults(table, bucket, systemClock),
    deadLetters: new SqsDeadLetters(sqs, setting(environment, 'DEAD_LETTER_QUEUE_URL')),
  };
}

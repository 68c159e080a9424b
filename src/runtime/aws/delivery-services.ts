import { S3Client } from '@aws-sdk/client-s3';
import { watchAttempts } from './attempts';
import { MAXIMUM_QUEUED_ATTEMPTS } from './client';
import { systemClock } from './clock';
import { setting } from './environment';
import type { Environment } from './environment';
import { KeptResults } from './kept-results';
import { S3Bucket } from './s3-bucket';
import { statementServices } from './services';
import { dynamoDbTable } from './table-services';
import type { Services } from '../services';

/** The services of SendMessage, as its environment names them; it alone has the bucket, whose client is large. */
export function deliveryServices(environment: Environment): Services {
  const table = dynamoDbTable(environment);
  const client = watchAttempts(new S3Client({ maxAttempts: MAXIMUM_QUEUED_ATTEMPTS }));
  const bucket = new S3Bucket(client, setting(environment, 'RESULT_BUCKET_NAME'));
  return { ...statementServices(environment, table), results: new KeptResults(table, bucket, systemClock) };
}

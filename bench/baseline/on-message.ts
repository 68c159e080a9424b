import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ExecuteStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyResult, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { readParameter } from './parameter';

const documents = DynamoDBDocumentClient.from(new DynamoDBClient());
const redshiftData = new RedshiftDataClient();
const s3 = new S3Client();
const { TABLE_NAME, BUCKET_NAME, SQL_KEY, CLUSTER_IDENTIFIER, DATABASE_NAME, DATABASE_USER, PARAMETER_NAME } = process.env;

/** Starts the statement of a message, and stores which connection waits for it. */
export async function handler({ body, requestContext: { connectionId } }: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResult> {
  const { parameter, topicName } = JSON.parse(body ?? '') as { parameter: string; topicName: string };
  await readParameter(PARAMETER_NAME!);
  const script = await s3.send(new GetObjectCommand({ Bucket: BUCKET_NAME, Key: SQL_KEY }));
  const sql = await script.Body!.transformToString();
  const { Id: statementId } = await redshiftData.send(new ExecuteStatementCommand({
    ClusterIdentifier: CLUSTER_IDENTIFIER,
    Database: DATABASE_NAME,
    DbUser: DATABASE_USER,
    Sql: sql.replaceAll('{}', parameter),
    WithEvent: true,
  }));
  await documents.send(new PutCommand({ TableName: TABLE_NAME, Item: { statementId, connectionId, topicName } }));
  return { statusCode: 200, body: 'Connected' };
}

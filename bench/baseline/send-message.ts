import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetStatementResultCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { readParameter } from './parameter';

const documents = DynamoDBDocumentClient.from(new DynamoDBClient());
const redshiftData = new RedshiftDataClient();
const { TABLE_NAME, CALLBACK_URL, PARAMETER_NAME } = process.env;
const connections = new ApiGatewayManagementApiClient({ endpoint: CALLBACK_URL });

/** Posts the result of a statement to the connection that waits for it. */
export async function handler({ Records: [{ body }] }: SQSEvent): Promise<void> {
  const { detail: { statementId } } = JSON.parse(body) as { detail: { statementId: string } };
  await readParameter(PARAMETER_NAME!);
  const { Items: [{ connectionId, topicName }] = [] } = await documents.send(new QueryCommand({
    TableName: TABLE_NAME,
    KeyConditionExpression: 'statementId = :statementId',
    ExpressionAttributeValues: { ':statementId': statementId },
  }));
  const { ColumnMetadata: columns = [], Records: rows = [] } = await redshiftData.send(new GetStatementResultCommand({ Id: statementId }));
  const data = JSON.stringify({
    topicName,
    columns: columns.map(({ label }) => label),
    records: rows.map((row) => row.flatMap((field) => Object.values(field))),
  });
  await connections.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: data }));
}

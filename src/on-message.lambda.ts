import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { statementServices } from './runtime/aws/services';
import { connectionOf } from './runtime/aws/web-socket-event';
import { onMessage } from './runtime/on-message';

const services = statementServices(process.env);

/** Step 2, by message: a connected client asks. */
export async function handler(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  await onMessage(services, connectionOf(event), event.body ?? '');
  return { statusCode: 200 };
}

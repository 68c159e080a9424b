import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { log } from './runtime/aws/log';
import { tableStore } from './runtime/aws/table';
import { onDisconnect } from './runtime/on-disconnect';

const services = { store: tableStore(process.env), log };

/** Step 8: a client has gone. */
export async function handler(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  await onDisconnect(services, event.requestContext.connectionId);
  return { statusCode: 200 };
}

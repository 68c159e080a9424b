import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { createTableServices } from '../runtime/aws/services/table-services';
import { onDisconnect } from '../runtime/disconnect/on-disconnect';

const services = createTableServices(process.env);

/** Step 8: deletes the records of a closed connection. */
export async function handler(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  await onDisconnect(services, event.requestContext.connectionId);
  return { statusCode: 200 };
}

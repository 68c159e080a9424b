import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { getDeadline } from '../runtime/aws/events/deadline';
import type { Timed } from '../runtime/aws/events/deadline';
import { getConnection, getMessage } from '../runtime/aws/events/web-socket-event';
import { createMessageServices } from '../runtime/aws/services/query-services';
import { onMessage } from '../runtime/submit/on-message';

const services = createMessageServices(process.env);

/** Step 2: starts the query in a message. */
export async function handler(event: APIGatewayProxyWebsocketEventV2, context: Timed): Promise<APIGatewayProxyResultV2> {
  await onMessage(services, getConnection(event), getMessage(event), getDeadline(context));
  return { statusCode: 200 };
}

import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { deadlineOf } from '../runtime/aws/events/deadline';
import type { Timed } from '../runtime/aws/events/deadline';
import { connectionOf, messageOf } from '../runtime/aws/events/web-socket-event';
import { messageServices } from '../runtime/aws/services/query-services';
import { onMessage } from '../runtime/submit/on-message';

const services = messageServices(process.env);

/** Step 2, by message: a connected client asks. */
export async function handler(event: APIGatewayProxyWebsocketEventV2, context: Timed): Promise<APIGatewayProxyResultV2> {
  await onMessage(services, connectionOf(event), messageOf(event), deadlineOf(context));
  return { statusCode: 200 };
}

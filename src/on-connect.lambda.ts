import type { APIGatewayProxyResultV2 } from 'aws-lambda';
import { deadlineOf } from './runtime/aws/deadline';
import type { Timed } from './runtime/aws/deadline';
import { askingServices } from './runtime/aws/services';
import { connectionOf, queryStringOf, subprotocolsOf } from './runtime/aws/web-socket-event';
import type { ConnectEvent } from './runtime/aws/web-socket-event';
import { onConnect } from './runtime/on-connect';

const services = askingServices(process.env);

/** Step 2: a client connects, and asks by the query string of its address. */
export async function handler(event: ConnectEvent, context: Timed): Promise<APIGatewayProxyResultV2> {
  const opening = {
    connection: connectionOf(event),
    queryString: queryStringOf(event),
    subprotocols: subprotocolsOf(event),
  };
  const { accepted, subprotocol } = await onConnect(services, opening, deadlineOf(context));
  return { statusCode: accepted ? 200 : 400, headers: subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol } };
}

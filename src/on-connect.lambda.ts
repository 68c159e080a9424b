import type { APIGatewayProxyResultV2 } from 'aws-lambda';
import { statementServices } from './runtime/aws/services';
import { connectionOf, subprotocolsOf } from './runtime/aws/web-socket-event';
import type { ConnectEvent } from './runtime/aws/web-socket-event';
import { onConnect } from './runtime/on-connect';

const services = statementServices(process.env);

/** Step 2: a client connects, and asks by the query string of its address. */
export async function handler(event: ConnectEvent): Promise<APIGatewayProxyResultV2> {
  const { accepted, subprotocol } = await onConnect(services, {
    connection: connectionOf(event),
    queryString: event.queryStringParameters ?? {},
    subprotocols: subprotocolsOf(event),
  });
  return { statusCode: accepted ? 200 : 400, headers: subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol } };
}

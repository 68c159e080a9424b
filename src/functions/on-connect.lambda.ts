import type { APIGatewayProxyResultV2 } from 'aws-lambda';
import { readIdentity } from '../runtime/aws/events/caller-identity';
import { getDeadline } from '../runtime/aws/events/deadline';
import type { Timed } from '../runtime/aws/events/deadline';
import { getConnection, getOrigin, getQueryString, getSubprotocols } from '../runtime/aws/events/web-socket-event';
import type { ConnectEvent } from '../runtime/aws/events/web-socket-event';
import { readCallerIdentity } from '../runtime/aws/services/environment';
import { createConnectServices } from '../runtime/aws/services/query-services';
import { getClaimNames } from '../runtime/submit/claim-parameters';
import { onConnect } from '../runtime/submit/on-connect';
import type { ConnectResult } from '../runtime/submit/on-connect';

const services = createConnectServices(process.env);
const kind = readCallerIdentity(process.env);
const claims = getClaimNames(services.queries);

/** Step 2: accepts a connection and starts the query in its URL. */
export async function handler(event: ConnectEvent, context: Timed): Promise<APIGatewayProxyResultV2> {
  const connectRequest = {
    connection: getConnection(event),
    queryString: getQueryString(event),
    subprotocols: getSubprotocols(event),
    origin: getOrigin(event),
    ...(kind === undefined ? {} : { identity: readIdentity(event.requestContext, kind, claims) }),
  };
  return responseOf(await onConnect(services, connectRequest, getDeadline(context)));
}

function responseOf({ accepted, forbidden, subprotocol }: ConnectResult): APIGatewayProxyResultV2 {
  const rejection = forbidden ? 403 : 400;
  return { statusCode: accepted ? 200 : rejection, headers: subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol } };
}

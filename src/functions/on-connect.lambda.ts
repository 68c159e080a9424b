import type { APIGatewayProxyResultV2 } from 'aws-lambda';
import { identityOf } from '../runtime/aws/events/caller-identity';
import { deadlineOf } from '../runtime/aws/events/deadline';
import type { Timed } from '../runtime/aws/events/deadline';
import { connectionOf, originOf, queryStringOf, subprotocolsOf } from '../runtime/aws/events/web-socket-event';
import type { ConnectEvent } from '../runtime/aws/events/web-socket-event';
import { callerIdentity } from '../runtime/aws/services/environment';
import { connectServices } from '../runtime/aws/services/query-services';
import { claimNames } from '../runtime/submit/claim-parameters';
import { onConnect } from '../runtime/submit/on-connect';
import type { ConnectResult } from '../runtime/submit/on-connect';

const services = connectServices(process.env);
const kind = callerIdentity(process.env);
const claims = claimNames(services.queries);

/** Step 2: a client connects, and asks by the query string of its address. */
export async function handler(event: ConnectEvent, context: Timed): Promise<APIGatewayProxyResultV2> {
  const connectRequest = {
    connection: connectionOf(event),
    queryString: queryStringOf(event),
    subprotocols: subprotocolsOf(event),
    origin: originOf(event),
    ...(kind === undefined ? {} : { identity: identityOf(event.requestContext, kind, claims) }),
  };
  return responseOf(await onConnect(services, connectRequest, deadlineOf(context)));
}

function responseOf({ accepted, forbidden, subprotocol }: ConnectResult): APIGatewayProxyResultV2 {
  const rejection = forbidden ? 403 : 400;
  return { statusCode: accepted ? 200 : rejection, headers: subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol } };
}

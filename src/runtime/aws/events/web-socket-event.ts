import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import type { CallerContext } from './caller-identity';
import type { Connection } from '../../model/connection';
import type { SentMessage } from '../../submit/on-message';

/** The event of `$connect`. Other routes have no headers or query string. */
export interface ConnectEvent {
  readonly requestContext: APIGatewayProxyWebsocketEventV2['requestContext'] & CallerContext;
  /** Last value of each header. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** All values of each header. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  /** Last value of each key. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  /** All values of each key. */
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
}

/** Returns the connection of an event. All routes except `$connect` prove that it is open. */
export function getConnection({ requestContext }: Pick<APIGatewayProxyWebsocketEventV2, 'requestContext'>): Connection {
  const { connectionId, connectedAt, routeKey } = requestContext;
  return { connectionId, connectedAt, opened: routeKey !== '$connect' };
}

/** Returns the client message of an event. */
export function getMessage({ body = '', requestContext }: APIGatewayProxyWebsocketEventV2): SentMessage {
  return { body, receivedAt: requestContext.requestTimeEpoch };
}

/** Returns the subprotocols that the client offers. */
export function getSubprotocols(event: ConnectEvent): string[] {
  return getHeaders(event, 'sec-websocket-protocol').flatMap((value) => value.split(',')).map((name) => name.trim()).filter((name) => name !== '');
}

/** Returns the origin of the page. Browsers send one origin; several are joined, and so match no allowed origin. */
export function getOrigin(event: ConnectEvent): string | undefined {
  const origins = getHeaders(event, 'origin');
  return origins.length === 0 ? undefined : origins.join(', ');
}

function getHeaders({ headers, multiValueHeaders }: ConnectEvent, name: string): string[] {
  const entries = Object.entries(multiValueHeaders ?? headers ?? {}).filter(([key]) => key.toLowerCase() === name);
  return entries.flatMap(([, values]) => [values ?? []].flat());
}

/** Returns all values of each key of the query string, or the last value if the event contains only that. */
export function getQueryString({ queryStringParameters, multiValueQueryStringParameters }: ConnectEvent): Record<string, readonly string[]> {
  const entries = Object.entries(multiValueQueryStringParameters ?? queryStringParameters ?? {});
  return Object.fromEntries(entries.map(([key, values]) => [key, [values ?? ''].flat()]));
}

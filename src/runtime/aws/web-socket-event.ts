import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import type { Connection } from '../request';

/** What API Gateway sends for `$connect`: no other route has headers or a query string. */
export interface ConnectEvent extends Pick<APIGatewayProxyWebsocketEventV2, 'requestContext'> {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The last value of each key. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  /** All values of each key. */
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
}

/** The connection of an event; every route but `$connect` proves that it is open. */
export function connectionOf({ requestContext }: Pick<APIGatewayProxyWebsocketEventV2, 'requestContext'>): Connection {
  const { connectionId, connectedAt, routeKey } = requestContext;
  return { connectionId, connectedAt, opened: routeKey !== '$connect' };
}

/** The subprotocols that the client offers. */
export function subprotocolsOf({ headers = {} }: ConnectEvent): string[] {
  const offered = Object.entries(headers).filter(([name]) => name.toLowerCase() === 'sec-websocket-protocol');
  return offered.flatMap(([, value]) => (value ?? '').split(',')).map((name) => name.trim()).filter((name) => name !== '');
}

/** All values of each key of the query string; where the event does not have them, the last one. */
export function queryStringOf({ queryStringParameters, multiValueQueryStringParameters }: ConnectEvent): Record<string, readonly string[]> {
  const entries = Object.entries(multiValueQueryStringParameters ?? queryStringParameters ?? {});
  return Object.fromEntries(entries.map(([key, values]) => [key, [values ?? ''].flat()]));
}

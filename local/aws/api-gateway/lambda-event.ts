import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ApiPlan } from './api-plan';
import type { AuthorizationResult, ConnectionIdentity } from './authorization';

export type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

/** Headers that API Gateway doesn't forward. */
const HOP_HEADERS = ['connection', 'host', 'upgrade'];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Generates an ID in the format of API Gateway. */
export function gatewayId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}

export function isConnectionId(value: string): boolean {
  return /^[A-Za-z0-9_-]{15}=$/.test(value);
}

/** The request context of all events. */
export function requestContext(api: ApiPlan, connection: ConnectionIdentity, routeKey: string, eventType: EventType) {
  const now = new Date();
  const requestId = gatewayId();
  return {
    routeKey,
    eventType,
    extendedRequestId: requestId,
    requestTime: requestTime(now),
    messageDirection: 'IN',
    stage: api.stageName,
    connectedAt: connection.connectedAt,
    requestTimeEpoch: now.getTime(),
    identity: { sourceIp: connection.sourceIp, ...connection.userAgent === undefined ? {} : { userAgent: connection.userAgent } },
    requestId,
    domainName: api.domainName,
    connectionId: connection.connectionId,
    apiId: api.apiId,
  };
}

/** The event of `$connect`. Only this event has headers, a query string and the authorization result. */
export function connectEvent(api: ApiPlan, connection: ConnectionIdentity, request: IncomingMessage, { authorizer, identity }: AuthorizationResult) {
  const headers = clientHeaders(request, api, HOP_HEADERS);
  const query = queryOf(request);
  const context = requestContext(api, connection, '$connect', 'CONNECT');
  return {
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    ...query.length === 0 ? {} : { queryStringParameters: lastValues(query), multiValueQueryStringParameters: allValues(query) },
    requestContext: { ...context, identity: { ...context.identity, ...identity }, ...authorizer === undefined ? {} : { authorizer } },
    isBase64Encoded: false,
  };
}

/** The event of a Lambda authorizer. */
export function authorizerEvent(api: ApiPlan, connection: ConnectionIdentity, request: IncomingMessage, methodArn: string) {
  const headers = clientHeaders(request, api, ['host']);
  const query = queryOf(request);
  return {
    type: 'REQUEST',
    methodArn,
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: lastValues(query),
    multiValueQueryStringParameters: allValues(query),
    stageVariables: {},
    requestContext: requestContext(api, connection, '$connect', 'CONNECT'),
  };
}

export function messageEvent(api: ApiPlan, connection: ConnectionIdentity, routeKey: string, body: string) {
  return {
    requestContext: { ...requestContext(api, connection, routeKey, 'MESSAGE'), messageId: gatewayId() },
    body,
    isBase64Encoded: false,
  };
}

export function disconnectEvent(api: ApiPlan, connection: ConnectionIdentity, disconnectStatusCode: number, disconnectReason: string) {
  return {
    requestContext: { ...requestContext(api, connection, '$disconnect', 'DISCONNECT'), disconnectStatusCode, disconnectReason },
    isBase64Encoded: false,
  };
}

function queryOf({ url = '/' }: IncomingMessage): [string, string][] {
  return [...new URL(url, 'http://local').searchParams];
}

function clientHeaders({ rawHeaders, socket }: IncomingMessage, api: ApiPlan, without: readonly string[]): [string, string][] {
  const pairs = rawHeaders.flatMap((name, index): [string, string][] => index % 2 === 0 ? [[name, rawHeaders[index + 1]]] : []);
  return [
    ...pairs.filter(([name]) => !without.includes(name.toLowerCase())),
    ['Host', api.domainName],
    ['X-Amzn-Trace-Id', `Root=1-${randomUUID()}`],
    ['X-Forwarded-For', socket.remoteAddress ?? ''],
    ['X-Forwarded-Port', '443'],
    ['X-Forwarded-Proto', 'https'],
  ];
}

function lastValues(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(pairs);
}

function allValues(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const names = [...new Set(pairs.map(([name]) => name))];
  return Object.fromEntries(names.map((name) => [name, pairs.filter(([other]) => other === name).map(([, value]) => value)]));
}

/** Such as 09/Mar/2026:14:02:55 +0000. */
function requestTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

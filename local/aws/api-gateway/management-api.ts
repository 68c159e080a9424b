import type { ServerResponse } from 'node:http';
import type { ApiCall, ApiService } from '../api-endpoint';
import { AwsError, respondJson } from '../http';
import type { Connection } from './connection';
import { isConnectionId } from './lambda-event';
import type { WebSocketLimits } from './limits';
import type { WebSocketApi } from './web-socket-api';
import type { Telemetry } from '../telemetry';

type Operation = (connection: Connection, body: Buffer, response: ServerResponse) => void;

/** The operations by which functions reach connections: POST, GET and DELETE of /<api>/<stage>/@connections/<connection>. */
export function managementApi(apis: readonly WebSocketApi[], limits: WebSocketLimits, telemetry: Telemetry): ApiService {
  const operations: Readonly<Record<string, Operation>> = {
    POST: (connection, body, response) => post(connection, body, limits, response),
    GET: (connection, _, response) => respondJson(response, 200, describe(connection)),
    DELETE: (connection, _, response) => {
      connection.delete();
      respondJson(response, 204, undefined);
    },
  };
  return ({ request, body }: ApiCall, response) => {
    const { api, connectionId } = locate(apis, request.url ?? '');
    const operation = operations[request.method ?? ''];
    if (operation === undefined) {
      throw new AwsError('ForbiddenException', `${request.method} is not an operation of @connections`, 403);
    }
    const tell = (statusCode: number) => telemetry.trace({ kind: 'post', connectionId, bytes: body.length, statusCode });
    try {
      operation(openConnection(api, connectionId), body, response);
      if (request.method === 'POST') {
        tell(200);
      }
    } catch (error) {
      if (request.method === 'POST' && error instanceof AwsError) {
        tell(error.statusCode);
      }
      throw error;
    }
  };
}

function locate(apis: readonly WebSocketApi[], url: string): { api: WebSocketApi; connectionId: string } {
  const [, apiId, stageName, connectionId] = /^\/([^/]+)\/([^/]+)\/@connections\/([^/?]+)$/.exec(url) ?? [];
  const api = apis.find(({ plan }) => plan.apiId === apiId && plan.stageName === stageName);
  if (api === undefined) {
    throw new AwsError('ForbiddenException', 'Forbidden', 403);
  }
  return { api, connectionId: decoded(connectionId) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function openConnection(api: WebSocketApi, connectionId: string): Connection {
  if (!isConnectionId(connectionId)) {
    throw new AwsError('BadRequestException', `Invalid connectionId: ${connectionId}`, 400);
  }
  const connection = api.connection(connectionId);
  if (connection === undefined) {
    throw new AwsError('GoneException', 'Gone', 410);
  }
  return connection;
}

function post(connection: Connection, body: Buffer, limits: WebSocketLimits, response: ServerResponse): void {
  if (body.length > limits.messageBytes) {
    throw new AwsError('PayloadTooLargeException', `Message too long: ${body.length} bytes, but at most ${limits.messageBytes} are allowed`, 413);
  }
  if (connection.isFull) {
    throw new AwsError('LimitExceededException', 'the client takes its messages too slowly', 429);
  }
  connection.post(body);
  respondJson(response, 200, undefined);
}

function describe({ identity, lastActiveAt }: Connection): unknown {
  return {
    connectedAt: new Date(identity.connectedAt).toISOString(),
    identity: { sourceIp: identity.sourceIp, userAgent: identity.userAgent },
    lastActiveAt: new Date(lastActiveAt).toISOString(),
  };
}

import type { ServerResponse } from 'node:http';
import { serviceModel, restInput } from '../../service-models';
import type { ApiCall, ApiService } from '../api-endpoint';
import { AwsError, respondJson } from '../http';
import type { Connection } from './connection';
import { isConnectionId } from './lambda-event';
import type { WebSocketLimits } from './limits';
import type { WebSocketApi } from './web-socket-api';
import type { Access } from '../iam/access-request';
import type { Telemetry } from '../telemetry';
import type { StackEnvironment } from '../template/template';

type Operation = (connection: Connection, body: Buffer, response: ServerResponse) => void;

/** The API Gateway Management API: POST, GET and DELETE of /<api>/<stage>/@connections/<connection>. */
export function managementApi(
  apis: readonly WebSocketApi[], limits: WebSocketLimits, environment: StackEnvironment, telemetry: Telemetry,
): ApiService {
  const model = serviceModel('apigatewaymanagementapi');
  const operations: Readonly<Record<string, Operation>> = {
    PostToConnection: (connection, body, response) => post(connection, body, limits, response),
    GetConnection: (connection, _, response) => respondJson(response, 200, describe(connection)),
    DeleteConnection: (connection, _, response) => {
      connection.delete();
      respondJson(response, 204, undefined);
    },
  };
  const serve = ({ operation: name, request, body }: ApiCall, response: ServerResponse) => {
    const { api, connectionId } = locate(apis, request.url ?? '');
    const operation = operations[name];
    if (operation === undefined) {
      throw new AwsError('ForbiddenException', `${request.method} @connections is not supported by the local AWS`, 403);
    }
    const trace = (statusCode: number) => telemetry.trace({ kind: 'post', connectionId, bytes: body.length, statusCode });
    try {
      operation(openConnection(api, connectionId), body, response);
      if (request.method === 'POST') {
        trace(200);
      }
    } catch (error) {
      if (request.method === 'POST' && error instanceof AwsError) {
        trace(error.statusCode);
      }
      throw error;
    }
  };
  return {
    model,
    input: ({ operation, request: { headers, url = '' }, body }) =>
      restInput(model, operation, { headers, query: new URLSearchParams(), path: { ConnectionId: decoded(url.split('/').pop() ?? '') }, body }),
    access: ({ request }) => [connectionAccess(request.method ?? '', request.url ?? '', environment)],
    accessDenied: (reason) => new AwsError('ForbiddenException', reason, 403),
    invalid: (problem) => new AwsError('BadRequestException', problem, 400),
    serve,
  };
}

/** The resource of the permission has the HTTP method after the stage. */
function connectionAccess(method: string, url: string, { partition, region, accountId }: StackEnvironment): Access {
  const [, apiId, stageName, ...path] = url.split('/');
  return {
    action: 'execute-api:ManageConnections',
    resource: `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stageName}/${method}/${path.map(decoded).join('/')}`,
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

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
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
    throw new AwsError('PayloadTooLargeException', `The message has ${body.length} bytes, but must have at most ${limits.messageBytes}.`, 413);
  }
  if (connection.isFull) {
    throw new AwsError('LimitExceededException', 'The client receives messages too slowly.', 429);
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

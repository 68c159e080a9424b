import { DeleteConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { call } from './clients/call';
import { getErrorName } from './clients/errors';
import { ConnectionGoneError } from '../model/errors';
import type { Connections } from '../model/ports';

/** The connections of an API Gateway WebSocket stage. */
export class ApiGatewayConnections implements Connections {
  constructor(private readonly client: ApiGatewayManagementApiClient) {}

  public async post(connectionId: string, message: string): Promise<void> {
    await callConnection(connectionId, () => this.client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: message })));
  }

  public async close(connectionId: string): Promise<void> {
    await callConnection(connectionId, () => this.client.send(new DeleteConnectionCommand({ ConnectionId: connectionId })));
  }
}

async function callConnection(connectionId: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await call(action);
  } catch (error) {
    throw getErrorName(error) === 'GoneException' ? new ConnectionGoneError(`no connection ${connectionId}`) : error;
  }
}

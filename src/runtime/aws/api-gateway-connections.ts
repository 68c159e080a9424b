import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { call } from './client';
import { errorName } from './errors';
import { ConnectionGone } from '../ports';
import type { Connections } from '../ports';

/** The connections of an API Gateway WebSocket stage. */
export class ApiGatewayConnections implements Connections {
  constructor(private readonly client: ApiGatewayManagementApiClient) {}

  public async post(connectionId: string, message: string): Promise<void> {
    try {
      await call(() => this.client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: message })));
    } catch (error) {
      throw errorName(error) === 'GoneException' ? new ConnectionGone(`no connection ${connectionId}`) : error;
    }
  }
}

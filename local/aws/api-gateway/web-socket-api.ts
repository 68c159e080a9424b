import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { ApiPlan, RoutePlan } from './api-plan';
import { ConnectError, STATUS } from './authorization';
import type { ConnectAuthorizer, ConnectionIdentity } from './authorization';
import { connectDecision, isAccepted, rejectUpgrade } from './connect-response';
import type { ConnectDecision } from './connect-response';
import { Connection } from './connection';
import { connectEvent, disconnectEvent, gatewayId, messageEvent } from './lambda-event';
import type { WebSocketLimits } from './limits';
import { Throttle } from './throttle';
import { withinTime } from './within-time';
import type { InvocationResult, Invoke } from '../lambda/invocation';
import type { Telemetry } from '../telemetry';

/** A stage of a WebSocket API. */
export class WebSocketApi {
  private readonly connections = new Map<string, Connection>();
  private readonly subprotocols = new WeakMap<IncomingMessage, string>();
  private readonly server = new WebSocketServer({
    noServer: true, clientTracking: false, perMessageDeflate: false, handleProtocols: () => false, autoPong: false,
  });
  private readonly connecting = new Set<Duplex>();
  private readonly throttle: Throttle;

  constructor(
    public readonly plan: ApiPlan,
    private readonly invoke: Invoke,
    private readonly authorize: ConnectAuthorizer,
    private readonly limits: WebSocketLimits,
    private readonly telemetry: Telemetry,
  ) {
    this.throttle = new Throttle(plan.throttle);
    // The function behind $connect chooses the subprotocol, even if the client didn't offer it.
    this.server.on('headers', (headers, request) => {
      const subprotocol = this.subprotocols.get(request);
      if (subprotocol !== undefined) {
        headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
      }
    });
  }

  /** Finds an open connection. A connection is open after `$connect` returned and until the client disconnects. */
  public connection(connectionId: string): Connection | undefined {
    const connection = this.connections.get(connectionId);
    return connection?.isOpen === true ? connection : undefined;
  }

  public connectionCount(): number {
    return this.connections.size;
  }

  /** Handles an HTTP upgrade: runs `$connect`, then opens or rejects the connection. */
  public async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // The close event of the socket handles clients that disconnect.
    socket.on('error', () => {});
    if ((request.url ?? '').length > this.limits.urlCharacters) {
      rejectUpgrade(socket, 414);
      return;
    }
    const identity = identify(request);
    this.connecting.add(socket);
    const decision = await this.connect(identity, request);
    this.connecting.delete(socket);
    this.telemetry.trace({ kind: 'connect', apiId: this.plan.apiId, connectionId: identity.connectionId, statusCode: decision.statusCode });
    if (!isAccepted(decision)) {
      rejectUpgrade(socket, decision.statusCode);
    } else if (socket.destroyed) {
      this.ended(identity, 1006, 'Connection Closed Abnormally');
    } else {
      this.open(identity, decision, request, socket, head);
    }
  }

  public close(): void {
    this.connections.forEach((connection) => connection.terminate());
    this.connections.clear();
    this.connecting.forEach((socket) => socket.destroy());
    this.server.close();
  }

  private async connect(identity: ConnectionIdentity, request: IncomingMessage): Promise<ConnectDecision> {
    try {
      if (!this.throttle.take()) {
        throw new ConnectError(STATUS.tooManyRequests, 'the rate limit of the stage is exceeded');
      }
      const authorization = await this.authorize(identity, request);
      const route = this.plan.routes.get('$connect');
      const event = connectEvent(this.plan, identity, request, authorization);
      return route === undefined ? { statusCode: 200 } : connectDecision(await this.run(route, event));
    } catch (error) {
      if (!(error instanceof ConnectError)) {
        throw error;
      }
      this.telemetry.log(`${this.plan.apiId}: ${error.statusCode}: ${error.message}`);
      return { statusCode: error.statusCode };
    }
  }

  private open(identity: ConnectionIdentity, { subprotocol }: ConnectDecision, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (subprotocol !== undefined) {
      this.subprotocols.set(request, subprotocol);
    }
    this.server.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      const connection = new Connection(identity, webSocket, this.limits, {
        received: (sender, body) => { void this.route(sender, body); },
        ended: ({ identity: { connectionId } }, code, reason) => {
          this.connections.delete(connectionId);
          this.ended(identity, code, reason);
        },
      });
      socket.prependListener('data', connection.watchFrames());
      this.connections.set(identity.connectionId, connection);
    });
  }

  private async route(connection: Connection, body: string): Promise<void> {
    const { connectionId } = connection.identity;
    const routeKey = this.routeKey(body);
    this.telemetry.trace({ kind: 'message', connectionId, routeKey: routeKey ?? '(none)', bytes: Buffer.byteLength(body) });
    if (!this.throttle.take()) {
      sendError(connection, 'Too Many Requests', gatewayId());
      return;
    }
    if (routeKey === undefined) {
      sendError(connection, 'Forbidden', gatewayId());
      return;
    }
    const event = messageEvent(this.plan, connection.identity, routeKey, body);
    const result = await this.run(this.plan.routes.get(routeKey)!, event);
    if (result.error !== undefined) {
      sendError(connection, 'Internal server error', event.requestContext.requestId);
    }
  }

  /** The route key of a message, if the API has this route, or `$default`. */
  private routeKey(body: string): string | undefined {
    const selected = stringAt(body, this.plan.routeSelectionPath);
    const candidates = [...selected === undefined || selected.startsWith('$') ? [] : [selected], '$default'];
    return candidates.find((routeKey) => this.plan.routes.has(routeKey));
  }

  private ended(identity: ConnectionIdentity, code: number, reason: string): void {
    this.telemetry.trace({ kind: 'disconnect', connectionId: identity.connectionId, code, reason });
    const route = this.plan.routes.get('$disconnect');
    if (route !== undefined) {
      void this.run(route, disconnectEvent(this.plan, identity, code, reason));
    }
  }

  private async run({ functionArn, timeoutMilliseconds }: RoutePlan, event: unknown): Promise<InvocationResult> {
    try {
      return await withinTime(this.invoke(functionArn, event), timeoutMilliseconds);
    } catch (error) {
      const { message } = error as Error;
      this.telemetry.log(`${this.plan.apiId}: the integration failed: ${message}`);
      return { error: { errorType: 'IntegrationFailure', errorMessage: message } };
    }
  }
}

function identify({ socket, headers }: IncomingMessage): ConnectionIdentity {
  return {
    connectionId: gatewayId(),
    connectedAt: Date.now(),
    sourceIp: socket.remoteAddress ?? '',
    ...headers['user-agent'] === undefined ? {} : { userAgent: headers['user-agent'] },
  };
}

function sendError(connection: Connection, message: string, requestId: string): void {
  if (connection.isOpen) {
    connection.post(Buffer.from(JSON.stringify({ message, connectionId: connection.identity.connectionId, requestId })));
  }
}

function stringAt(body: string, path: readonly string[]): string | undefined {
  try {
    const value = path.reduce<unknown>((parent, key) => (parent as Record<string, unknown> | null)?.[key], JSON.parse(body));
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

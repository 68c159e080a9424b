import * as http from 'node:http';
import type { Duplex } from 'node:stream';
import { closeServer, listen, LOOPBACK } from '../loopback';
import { rejectUpgrade } from './api-gateway/connect-response';
import type { WebSocketApi } from './api-gateway/web-socket-api';
import type { Distribution } from './s3-cloudfront/distribution';
import type { Telemetry } from './telemetry';

/** The content of the public port, which is known only after the server listens. */
export interface PublicContent {
  readonly apis: readonly WebSocketApi[];
  readonly distribution?: Distribution;
}

const WEB_SOCKET_PATH = /^\/execute-api\/([^/?]+)\/([^/?]+)\/?(?:\?.*)?$/;

/** The port for browsers: the CloudFront distribution and the WebSocket APIs. */
export class PublicServer {
  private readonly server = http.createServer((request, response) => this.serve(request, response));
  private content: PublicContent = { apis: [] };

  constructor(private readonly telemetry: Telemetry) {
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  public async listen(port: number): Promise<number> {
    return listen(this.server, port);
  }

  public show(content: PublicContent): void {
    this.content = content;
  }

  public async close(): Promise<void> {
    await closeServer(this.server);
  }

  private serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    if (this.api(request) !== undefined) {
      respond(response, 426, 'This URL is a WebSocket API: connect with new WebSocket(...).', { upgrade: 'websocket' });
    } else if (this.content.distribution === undefined) {
      respond(response, 404, 'The template has no CloudFront distribution.');
    } else if (hostOf(request) === LOOPBACK) {
      this.content.distribution.serve(request, response);
    } else {
      // The API allows only the origin of the distribution, and localhost is another origin.
      const location = `http://${LOOPBACK}:${request.socket.localPort}${request.url}`;
      respond(response, 307, `The page is at ${location}.`, { location });
    }
  }

  private upgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer): void {
    const api = this.api(request);
    if (api === undefined) {
      socket.on('error', () => {});
      rejectUpgrade(socket, 403);
      return;
    }
    api.upgrade(request, socket, head).catch((error: Error) => {
      this.telemetry.log(`${api.plan.apiId}: the connection failed: ${error.message}`);
      rejectUpgrade(socket, 500);
    });
  }

  private api({ url = '' }: http.IncomingMessage): WebSocketApi | undefined {
    const [, apiId, stageName] = WEB_SOCKET_PATH.exec(url) ?? [];
    return this.content.apis.find(({ plan }) => plan.apiId === apiId && plan.stageName === stageName);
  }
}

function hostOf({ headers: { host = LOOPBACK } }: http.IncomingMessage): string {
  return host.replace(/:\d*$/, '');
}

function respond(response: http.ServerResponse, statusCode: number, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(statusCode, { 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(`${message}\n`);
}

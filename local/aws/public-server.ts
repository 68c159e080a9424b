import * as http from 'node:http';
import type { Duplex } from 'node:stream';
import { closeServer, listen, LOOPBACK } from '../loopback';
import { refuseUpgrade } from './api-gateway/connect-response';
import type { WebSocketApi } from './api-gateway/web-socket-api';
import type { Distribution } from './s3-cloudfront/distribution';
import type { Telemetry } from './telemetry';

/** What the public port serves, known only after it listens. */
export interface PublicContent {
  readonly apis: readonly WebSocketApi[];
  readonly distribution?: Distribution;
}

const WEB_SOCKET_PATH = /^\/execute-api\/([^/?]+)\/([^/?]+)\/?(?:\?.*)?$/;

/** The port for browsers: the pages of the distribution, and the WebSocket APIs. */
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
      answer(response, 426, 'This is the address of a WebSocket API: connect to it with new WebSocket(...).', { upgrade: 'websocket' });
    } else if (this.content.distribution === undefined) {
      answer(response, 404, 'The template holds no CloudFront distribution, so there is no page here.');
    } else if (hostOf(request) === LOOPBACK) {
      this.content.distribution.serve(request, response);
    } else {
      // A page by another name of this machine, such as localhost, has another origin than the distribution: its service would not let it in.
      const location = `http://${LOOPBACK}:${request.socket.localPort}${request.url}`;
      answer(response, 307, `The page is at ${location}.`, { location });
    }
  }

  private upgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer): void {
    const api = this.api(request);
    if (api === undefined) {
      socket.on('error', () => {});
      refuseUpgrade(socket, 403);
      return;
    }
    api.upgrade(request, socket, head).catch((error: Error) => {
      this.telemetry.log(`${api.plan.apiId}: the connection failed: ${error.message}`);
      refuseUpgrade(socket, 500);
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

function answer(response: http.ServerResponse, statusCode: number, sentence: string, headers: Record<string, string> = {}): void {
  response.writeHead(statusCode, { 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(`${sentence}\n`);
}

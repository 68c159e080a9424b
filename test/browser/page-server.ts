import { once } from 'events';
import * as fs from 'fs';
import * as http from 'http';
import type { AddressInfo } from 'net';
import * as path from 'path';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { SUBPROTOCOL } from '../../src/protocol/connect-request';
import type { ClientMessage, QueryMessage, ResumeMessage } from '../../src/protocol/messages';
import { PACKAGES, PROJECT } from '../package/packages';

const PAGE = path.join(PROJECT, 'examples', 'taxi-by-month', 'page');

/** The files of npm packages that the deployment stores beside the page. */
export const LIBRARY_FILES: Readonly<Record<string, string>> = {
  'client/index.js': path.join(PACKAGES['redshift-websocket-client'], 'lib', 'index.js'),
  'uplot/uPlot.esm.js': require.resolve('uplot/dist/uPlot.esm.js'),
  'uplot/uPlot.min.css': require.resolve('uplot/dist/uPlot.min.css'),
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** The Content-Security-Policy that CloudFront adds to the page. */
export function pagePolicy(webSocketUrl: string): string {
  return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    + `connect-src 'self' ${webSocketUrl}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;
}

/** A message that expects a result. */
export type Request = QueryMessage | ResumeMessage;

/** Sends the messages for a request. The index counts the requests of a test from 0. */
export type RequestHandler = (request: Request, socket: WebSocket, index: number) => void;

/** What a test sets. */
export interface PageServerOptions {
  readonly onRequest?: RequestHandler;
  /** Changes to `config.json`; `'missing'` if there is no such file. */
  readonly config?: 'missing' | { readonly month?: string; readonly notice?: string; readonly url?: string };
}

/** Serves the page with its libraries and its security policy, and a WebSocket with the messages of a test. */
export class PageServer {
  public static async start(): Promise<PageServer> {
    const server = new PageServer();
    await new Promise<void>((resolve) => server.http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  public requests: Request[] = [];
  /** The messages of clients that expect no result. */
  public otherMessages: Exclude<ClientMessage, Request>[] = [];
  /** Number of connections that clients have opened. */
  public connections = 0;
  /** Whether the server accepts new connections. */
  public isAccepting = true;
  public config: PageServerOptions['config'];
  private onRequest?: RequestHandler;
  private readonly http = http.createServer((request, response) => this.serve(request, response));
  private readonly webSocket = new WebSocketServer({
    server: this.http,
    verifyClient: () => this.isAccepting,
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  });

  private constructor() {
    this.webSocket.on('connection', (socket) => {
      this.connections += 1;
      socket.on('message', (data: Buffer) => this.receive(JSON.parse(data.toString()) as ClientMessage, socket));
    });
  }

  public get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Starts a test: forgets the previous one and its clients. */
  public reset({ onRequest, config }: PageServerOptions): void {
    this.webSocket.clients.forEach((socket) => socket.terminate());
    Object.assign(this, { onRequest, config, requests: [], otherMessages: [], connections: 0, isAccepting: true });
  }

  /** Resolves when the next client has connected. */
  public async nextConnection(): Promise<void> {
    await once(this.webSocket, 'connection');
  }

  /** Closes all connections, as API Gateway does after two hours. */
  public closeConnections(): void {
    this.webSocket.clients.forEach((socket) => socket.close(1001));
  }

  public async stop(): Promise<void> {
    this.webSocket.clients.forEach((socket) => socket.terminate());
    this.webSocket.close();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  private receive(message: ClientMessage, socket: WebSocket): void {
    if (message.type === 'query' || message.type === 'resume') {
      this.onRequest?.(message, socket, this.requests.push(message) - 1);
      return;
    }
    this.otherMessages.push(message);
    if (message.type === 'ping') {
      socket.send(JSON.stringify({ type: 'pong' }));
    }
  }

  private serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    const name = new URL(request.url ?? '/', this.url).pathname.slice(1) || 'index.html';
    const file = LIBRARY_FILES[name] ?? path.join(PAGE, path.basename(name));
    const webSocketUrl = `ws://127.0.0.1:${this.port}`;
    if (name === 'config.json' && this.config !== 'missing') {
      const config = { url: webSocketUrl, month: '2015-01', ...this.config };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(config));
    } else if (name !== 'config.json' && fs.existsSync(file)) {
      const headers = { 'content-type': CONTENT_TYPES[path.extname(file)], 'content-security-policy': pagePolicy(webSocketUrl) };
      response.writeHead(200, headers).end(fs.readFileSync(file));
    } else {
      response.writeHead(404).end();
    }
  }
}

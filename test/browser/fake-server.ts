import { once } from 'events';
import * as fs from 'fs';
import * as http from 'http';
import type { AddressInfo } from 'net';
import * as path from 'path';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { ClientMessage, QueryMessage, ResumeMessage } from '../../src/protocol/messages';
import { SUBPROTOCOL } from '../../src/protocol/messages';

const PROJECT = path.join(__dirname, '..', '..');
const PAGE = path.join(PROJECT, 'examples', 'taxi-by-month', 'page');
/** What the deployment puts beside the page's own files. */
const CLIENT = path.join(PROJECT, 'packages', 'redshift-websocket-client', 'lib', 'index.js');
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What a client wants answered. */
export type Question = QueryMessage | ResumeMessage;

/** Answers one question; the n-th that this server has heard, from 0. */
export type Answering = (question: Question, socket: WebSocket, index: number) => void;

/** What differs from one test to the next. */
export interface FakeServerOptions {
  readonly answering?: Answering;
  /** What `config.json` holds beside the address, or `'missing'`. */
  readonly config?: 'missing' | { readonly month?: string; readonly notice?: string; readonly url?: string };
}

/** The page's files and a WebSocket that answers as a test wants. */
export class FakeServer {
  public static async start(options: FakeServerOptions = {}): Promise<FakeServer> {
    const server = new FakeServer(options);
    await new Promise<void>((resolve) => server.http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  public readonly questions: Question[] = [];
  /** Everything else that clients said. */
  public readonly remarks: Exclude<ClientMessage, Question>[] = [];
  /** How many clients have connected so far. */
  public connections = 0;
  /** Whether new connections are let in. */
  public isOpen = true;
  /** What `config.json` is from now on. */
  public config: FakeServerOptions['config'];
  private readonly http = http.createServer((request, response) => this.serve(request, response));
  private readonly webSocket = new WebSocketServer({
    server: this.http,
    verifyClient: () => this.isOpen,
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  });

  private constructor(options: FakeServerOptions) {
    this.config = options.config;
    this.webSocket.on('connection', (socket) => {
      this.connections += 1;
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as ClientMessage;
        if (message.type === 'query' || message.type === 'resume') {
          options.answering?.(message, socket, this.questions.push(message) - 1);
        } else {
          this.remarks.push(message);
          if (message.type === 'ping') {
            socket.send(JSON.stringify({ type: 'pong' }));
          }
        }
      });
    });
  }

  public get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Resolves when the next client has connected. */
  public async nextClient(): Promise<void> {
    await once(this.webSocket, 'connection');
  }

  /** Drops every client, as API Gateway does after two hours. */
  public dropClients(): void {
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

  private serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', this.url);
    const name = pathname === '/' ? 'index.html' : path.basename(pathname);
    const file = pathname === '/client/index.js' ? CLIENT : path.join(PAGE, name);
    if (name === 'config.json' && this.config !== 'missing') {
      const config = { url: `ws://127.0.0.1:${this.port}`, month: '2015-01', ...this.config };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(config));
    } else if (name !== 'config.json' && fs.existsSync(file)) {
      response.writeHead(200, { 'content-type': CONTENT_TYPES[path.extname(file)] }).end(fs.readFileSync(file));
    } else {
      response.writeHead(404).end();
    }
  }
}

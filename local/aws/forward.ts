import * as http from 'node:http';
import type { ApiCall } from './api-endpoint';

/** Forwards calls to a service that listens on another port. */
export class Forward {
  private readonly pending = new Set<Promise<void>>();

  constructor(private readonly endpoint: string) {}

  public async send(call: ApiCall, response: http.ServerResponse): Promise<void> {
    const forwarded = this.forward(call, response);
    this.pending.add(forwarded);
    await forwarded.finally(() => this.pending.delete(forwarded));
  }

  /** Waits for the calls in flight. */
  public async close(): Promise<void> {
    await Promise.allSettled(this.pending);
  }

  private async forward({ request, body }: ApiCall, response: http.ServerResponse): Promise<void> {
    const upstream = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const { connection: _, ...headers } = request.headers;
      const outgoing = http.request(this.endpoint, { method: request.method, path: request.url, headers, agent: false }, resolve);
      outgoing.on('error', reject);
      outgoing.end(body);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of upstream) {
      chunks.push(chunk as Buffer);
    }
    const { connection: _connection, 'transfer-encoding': _encoding, ...headers } = upstream.headers;
    response.writeHead(upstream.statusCode ?? 500, headers);
    response.end(Buffer.concat(chunks));
  }
}

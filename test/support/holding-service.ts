import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningService } from '../../local/aws';

/** Stands before a service, and holds back its answers to one operation until a promise is settled. */
export async function holdAnswers(service: RunningService, operation: string, until: Promise<void>): Promise<RunningService> {
  const server = http.createServer(async (request, response) => {
    const answer = await fetch(service.endpoint + request.url, {
      method: request.method,
      headers: request.headers as Record<string, string>,
      body: await bodyOf(request),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (request.headers['x-amz-target'] === operation) {
      await until;
    }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/x-amz-json-1.1' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await service.close();
    },
  };
}

async function bodyOf(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

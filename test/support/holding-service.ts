import * as http from 'node:http';
import type { RunningService } from '../../local/aws';
import { closeServer, listen, LOOPBACK, readBody } from '../../local/loopback';

/** Stands before a service, and holds back its answers to one operation until a promise is settled. */
export async function holdAnswers(service: RunningService, operation: string, until: Promise<void>): Promise<RunningService> {
  const server = http.createServer(async (request, response) => {
    const answer = await fetch(service.endpoint + request.url, {
      method: request.method,
      headers: request.headers as Record<string, string>,
      body: await readBody(request),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (request.headers['x-amz-target'] === operation) {
      await until;
    }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/x-amz-json-1.1' }).end(body);
  });
  const port = await listen(server);
  return {
    endpoint: `http://${LOOPBACK}:${port}`,
    close: async () => {
      await closeServer(server);
      await service.close();
    },
  };
}

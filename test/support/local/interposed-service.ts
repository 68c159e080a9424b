import * as http from 'node:http';
import type { RunningService } from '../../../local/aws';
import { closeServer, listen, LOOPBACK, readBody } from '../../../local/loopback';

/** The response of a service to one call. */
export interface ServiceResponse {
  readonly status: number;
  readonly body: Buffer;
}

/** One call on its way to a service. */
export interface InterposedCall {
  /** The operation, as in `DynamoDB_20120810.PutItem`. */
  readonly target: string;
  /** Has the service do it. */
  forward(): Promise<ServiceResponse>;
}

/** Decides the result of a call; undefined disconnects the caller without a response. */
export type Intervention = (call: InterposedCall) => Promise<ServiceResponse | undefined>;

/** Stands before a service, which is closed with it and intervenes. */
export async function interpose(service: RunningService, intervene: Intervention): Promise<RunningService> {
  const server = http.createServer(async (request, serverResponse) => {
    const response = await intervene({ target: String(request.headers['x-amz-target']), forward: async () => forward(service, request) });
    if (response === undefined) {
      serverResponse.destroy();
    } else {
      serverResponse.writeHead(response.status, { 'content-type': request.headers['content-type'] ?? 'application/x-amz-json-1.0' }).end(response.body);
    }
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

/** An error in the format of the AWS JSON protocol. */
export function serviceError(name: string, message: string): ServiceResponse {
  return { status: 400, body: Buffer.from(JSON.stringify({ __type: name, message })) };
}

async function forward(service: RunningService, request: http.IncomingMessage): Promise<ServiceResponse> {
  const response = await fetch(service.endpoint + request.url, {
    method: request.method,
    headers: request.headers as Record<string, string>,
    body: await readBody(request),
  });
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
}

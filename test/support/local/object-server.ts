import * as http from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import type { RunningService } from '../../../local/aws';
import { closeServer, listen, LOOPBACK, readBody } from '../../../local/loopback';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The objects of a bucket behind the two calls of S3 that the functions make. */
export class ObjectServer implements RunningService {
  /** Starts the server on this machine. */
  public static async start(): Promise<ObjectServer> {
    const objects = new ObjectServer();
    objects.port = await listen(objects.server);
    return objects;
  }

  /** The objects by their paths: the bucket's name and the key. */
  public readonly objects = new Map<string, Buffer>();
  /** The requests, such as `GET /bucket/key`. */
  public readonly calls: string[] = [];
  /** The error of every call. The message is the code by default. */
  public failure?: { readonly code: string; readonly status: number; readonly message?: string };

  private port = 0;
  private readonly server = http.createServer(async (request, response) => {
    const body = await readBody(request);
    const { status, body: responseBody } = this.respond(request.method!, request.url!, body);
    response.writeHead(status).end(responseBody);
  });

  public get endpoint(): string {
    return `http://${LOOPBACK}:${this.port}`;
  }

  /** A client with this endpoint and without retries. */
  public client(): S3Client {
    return new S3Client({ endpoint: this.endpoint, region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 1 });
  }

  public async close(): Promise<void> {
    await closeServer(this.server);
  }

  private respond(method: string, url: string, body: Buffer): { status: number; body?: Buffer | string } {
    const [path] = url.split('?');
    this.calls.push(`${method} ${path}`);
    if (this.failure) {
      return errorResponse(this.failure.code, this.failure.status, this.failure.message);
    }
    if (method === 'PUT') {
      this.objects.set(path, body);
      return { status: 200 };
    }
    const object = this.objects.get(path);
    return object === undefined ? errorResponse('NoSuchKey', 404) : { status: 200, body: object };
  }
}

function errorResponse(code: string, status: number, message = code): { status: number; body: string } {
  return { status, body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>` };
}

import * as http from 'http';
import { ServiceError } from './service-error';

/** Far above any statement with its parameters; the service's own bound is not published. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The body of a request as text. */
export async function readBody(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new ServiceError('RequestEntityTooLargeException', `the request is larger than ${MOST_BYTES} bytes`, {}, 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

import * as http from 'http';
import { ServiceError } from './service-error';

/** AWS doesn't publish the limit. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Reads the body of a request as a string. */
export async function readBody(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new ServiceError('RequestEntityTooLargeException', `The request must have at most ${MAX_BYTES} bytes.`, {}, 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

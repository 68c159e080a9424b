import { AwsError } from '../http';

/** A decoded body and its trailing headers. */
export interface ChunkedBody {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

const LINE_END = '\r\n';

/** Decodes a body with the content encoding aws-chunked. */
export function decodeAwsChunked(encoded: Buffer): ChunkedBody {
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = encoded.indexOf(LINE_END, position);
    // A signature may follow the size.
    const size = parseInt(encoded.toString('latin1', position, Math.max(lineEnd, position)).split(';')[0], 16);
    const start = lineEnd + LINE_END.length;
    if (lineEnd < 0 || !(size >= 0) || start + size > encoded.length) {
      throw new AwsError('IncompleteBody', `The body is truncated or has no chunk size at byte ${position}.`);
    }
    if (size === 0) {
      return { body: Buffer.concat(chunks), trailers: trailersOf(encoded.toString('latin1', start)) };
    }
    chunks.push(encoded.subarray(start, start + size));
    position = start + size + LINE_END.length;
  }
}

function trailersOf(block: string): Record<string, string> {
  const lines = block.split(LINE_END).filter((line) => line.includes(':'));
  return Object.fromEntries(lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  }));
}

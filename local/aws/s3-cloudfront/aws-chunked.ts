import { AwsError } from '../http';

/** A body that was sent in pieces, and the headers that came after it. */
export interface ChunkedBody {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

const LINE_END = '\r\n';

/** Takes off the encoding aws-chunked, in which the clients send bodies whose checksum they know only at the end. */
export function decodeAwsChunked(encoded: Buffer): ChunkedBody {
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = encoded.indexOf(LINE_END, position);
    // A signature may follow the size.
    const size = parseInt(encoded.toString('latin1', position, Math.max(lineEnd, position)).split(';')[0], 16);
    const start = lineEnd + LINE_END.length;
    if (lineEnd < 0 || !(size >= 0) || start + size > encoded.length) {
      throw new AwsError('IncompleteBody', `the body breaks off, or has no size of a chunk, at byte ${position}`);
    }
    if (size === 0) {
      return { body: Buffer.concat(chunks), trailers: trailersOf(encoded.toString('latin1', start)) };
    }
    chunks.push(encoded.subarray(start, start + size));
    position = start + size + LINE_END.length;
  }
}

function trailersOf(text: string): Record<string, string> {
  const lines = text.split(LINE_END).filter((line) => line.includes(':'));
  return Object.fromEntries(lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  }));
}

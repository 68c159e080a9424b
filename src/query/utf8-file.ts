import { sqlPlace } from './sql-location';

/** The UTF-8 encoding of U+FFFD, by which a decoder replaces bytes that are not UTF-8. */
const REPLACEMENT = 'efbfbd';

/** The contents of a file, without a byte order mark. Throws with the place of the first invalid byte if the file isn't UTF-8. */
export function decodeUtf8(bytes: Buffer, file: string): string {
  if (['fffe', 'feff'].includes(bytes.toString('hex', 0, 2))) {
    throw new Error(`the SQL template '${file}' is encoded as UTF-16: save it as UTF-8`);
  }
  const content = bytes.toString('utf8');
  for (const { index } of content.matchAll(/\ufffd/g)) {
    const offset = Buffer.byteLength(content.slice(0, index));
    if (bytes.toString('hex', offset, offset + 3) !== REPLACEMENT) {
      const byte = bytes.toString('hex', offset, offset + 1).toUpperCase();
      const place = sqlPlace(file, content, index);
      throw new Error(`the SQL template is not encoded as UTF-8, as byte ${offset} (0x${byte}) shows: save it as UTF-8\n${place}`);
    }
  }
  return content.replace(/^\ufeff/, '');
}

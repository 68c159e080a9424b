import { gunzipSync, gzipSync } from 'node:zlib';
import type { Position } from './row-messages';
import { MAXIMUM_MESSAGE_BYTES } from '../../protocol/messages';
import type { PackedRowsMessage } from '../../protocol/messages';
import type { KeptPacks, Pack } from '../model/ports';

/** A pack has so many messages at most, so that what compresses well does not make a client wait for half a megabyte. */
export const MAXIMUM_MESSAGES_OF_PACK = 16;

const TAIL = '"}';

/** The messages of a pack as one JSON array, compressed. */
export function compress(messages: readonly string[]): Uint8Array {
  return gzipSync(`[${messages.join(',')}]`);
}

/** The messages of a pack, each the text that it was. */
export function unpack({ lengths, data }: Pack): string[] {
  const array = gunzipSync(data);
  let start = 0;
  return lengths.map((length) => {
    // Before each message there is a bracket or a comma.
    const first = start + 1;
    start = first + length;
    return array.toString('utf8', first, start);
  });
}

/** A pack as one message, for clients that take gzip. */
export function packedMessage(result: string, seq: number, { offset, lengths, data }: Pack): string {
  return `${head({ result, seq, offset }, lengths.length)}${Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64')}${TAIL}`;
}

/** The compressed bytes for which a packed message has room. */
export function roomForData(position: Position): number {
  const bytes = MAXIMUM_MESSAGE_BYTES - Buffer.byteLength(head(position, MAXIMUM_MESSAGES_OF_PACK)) - TAIL.length;
  return Math.floor(bytes / 4) * 3;
}

/** How many messages are in some packs. */
export function messagesOf(packs: readonly Pick<Pack, 'lengths'>[]): number {
  return packs.reduce((messages, { lengths }) => messages + lengths.length, 0);
}

/** The pack in which the message with this number is, and the number of the first message in it. */
export function packWith({ seq: first, packs }: KeptPacks, seq: number): { readonly pack: Pack; readonly seq: number } | undefined {
  let next = first;
  for (const pack of packs) {
    if (next <= seq && seq < next + pack.lengths.length) {
      return { pack, seq: next };
    }
    next += pack.lengths.length;
  }
  return undefined;
}

function head({ result, seq, offset }: Position, messages: number): string {
  const fields: Omit<PackedRowsMessage, 'data'> = { type: 'rows', result, seq, offset, messages, encoding: 'gzip' };
  return `${JSON.stringify(fields).slice(0, -1)},"data":"`;
}

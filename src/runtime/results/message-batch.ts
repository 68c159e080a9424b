import { gunzipSync, gzipSync } from 'node:zlib';
import type { Position } from './row-messages';
import { MAXIMUM_MESSAGE_BYTES } from '../../protocol/messages';
import type { PackedRowsMessage } from '../../protocol/messages';
import type { StoredBatches, MessageBatch } from '../model/ports';

/** A pack has so many messages at most, so that what compresses well does not make a client wait for half a megabyte. */
export const MAX_MESSAGES_PER_BATCH = 16;

const TAIL = '"}';

/** The messages of a pack as one JSON array, compressed. */
export function compress(messages: readonly string[]): Uint8Array {
  return gzipSync(`[${messages.join(',')}]`);
}

/** The messages of a pack, each the text that it was. */
export function unpack({ lengths, data }: MessageBatch): string[] {
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
export function packedMessage(result: string, seq: number, { offset, lengths, data }: MessageBatch): string {
  return `${head({ result, seq, offset }, lengths.length)}${Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64')}${TAIL}`;
}

/** The compressed bytes for which a packed message has room. */
export function roomForData(position: Position): number {
  const bytes = MAXIMUM_MESSAGE_BYTES - Buffer.byteLength(head(position, MAX_MESSAGES_PER_BATCH)) - TAIL.length;
  return Math.floor(bytes / 4) * 3;
}

/** How many messages are in some packs. */
export function messagesOf(batches: readonly Pick<MessageBatch, 'lengths'>[]): number {
  return batches.reduce((messages, { lengths }) => messages + lengths.length, 0);
}

/** The pack in which the message with this number is, and the number of the first message in it. */
export function batchWith({ seq: first, batches }: StoredBatches, seq: number): { readonly batch: MessageBatch; readonly seq: number } | undefined {
  let next = first;
  for (const batch of batches) {
    if (next <= seq && seq < next + batch.lengths.length) {
      return { batch, seq: next };
    }
    next += batch.lengths.length;
  }
  return undefined;
}

function head({ result, seq, offset }: Position, messages: number): string {
  const fields: Omit<PackedRowsMessage, 'data'> = { type: 'rows', result, seq, offset, messages, encoding: 'gzip' };
  return `${JSON.stringify(fields).slice(0, -1)},"data":"`;
}

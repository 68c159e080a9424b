import type { ResultChunk } from '../../src/runtime/model/ports';
import { NOTHING_FETCHED } from '../../src/runtime/model/run';
import type { Fetched } from '../../src/runtime/model/run';
import type { MessageBatch, StoredBatches } from '../../src/runtime/model/stored-batches';
import { compress, unpack } from '../../src/runtime/results/message-batch';

/** A batch of these messages. */
export function batchOf(messages: readonly string[], offset = 0): MessageBatch {
  const encoded = messages.map((message) => Buffer.from(message));
  return { offset, lengths: encoded.map(({ length }) => length), data: Uint8Array.from(compress(encoded)) };
}

/** A chunk of batches with these messages, which ends a result so far. */
export function chunkOf(seq: number, batches: readonly (readonly string[])[], after: Partial<Fetched> = {}): ResultChunk {
  const count = batches.flat().length;
  return { seq, batches: batches.map((messages) => batchOf(messages)), after: { ...NOTHING_FETCHED, seq: seq + count, ...after } };
}

/** The stored messages, each under its number. */
export function messagesIn({ seq, batches }: StoredBatches): Record<number, string> {
  return Object.fromEntries(batches.flatMap(unpack).map((message, index) => [seq + index, message]));
}

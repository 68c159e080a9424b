import { isObject, readMessage } from './server-message';
import type { MalformedMessage, ReceivedMessage, ReceivedBatch, ReceivedRows } from './server-message';

/** Returns the `rows` messages of a compressed batch. Never rejects: returns one malformed message if the batch is invalid. */
export async function unpackBatch(batch: ReceivedBatch): Promise<readonly (ReceivedRows | MalformedMessage)[]> {
  try {
    const values: unknown = JSON.parse(await gunzip(batch.data));
    if (Array.isArray(values) && values.length === batch.messages) {
      const messages = values.map((value: unknown) => (isObject(value) ? readMessage(value) : undefined));
      if (messages.every((message, index): message is ReceivedRows => belongsTo(batch, message, index))) {
        return messages;
      }
    }
  } catch {
    // Invalid base64, gzip or JSON.
  }
  return [{ type: 'malformed', result: batch.result }];
}

function belongsTo({ result, seq }: ReceivedBatch, message: ReceivedMessage | undefined, index: number): boolean {
  return message?.type === 'rows' && message.result === result && message.seq === seq + index;
}

async function gunzip(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

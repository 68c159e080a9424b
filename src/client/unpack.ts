import { isObject, readFields } from './server-message';
import type { Malformed, ReadMessage, ReadPacked, ReadRows } from './server-message';

/** The `rows` messages inside a compressed one. Never rejects: what cannot be read is malformed. */
export async function unpack(packed: ReadPacked): Promise<readonly (ReadRows | Malformed)[]> {
  try {
    const values: unknown = JSON.parse(await gunzip(packed.data));
    if (Array.isArray(values) && values.length === packed.messages) {
      const messages = values.map((value: unknown) => (isObject(value) ? readFields(value) : undefined));
      if (messages.every((message, index): message is ReadRows => isInside(packed, message, index))) {
        return messages;
      }
    }
  } catch {
    // What is no base64, no gzip or no JSON is as malformed as the rest.
  }
  return [{ type: 'malformed', result: packed.result }];
}

function isInside({ result, seq }: ReadPacked, message: ReadMessage | undefined, index: number): boolean {
  return message?.type === 'rows' && message.result === result && message.seq === seq + index;
}

async function gunzip(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

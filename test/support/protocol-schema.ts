import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020';
import * as schemaOfProtocol from '../../docs/protocol.schema.json';
import { MAX_MESSAGE_BYTES } from '../../src/protocol/limits';
import type { CompressedRowsMessage } from '../../src/protocol/messages';

type Definition = 'ClientMessage' | 'ServerMessage';
type Schema = Record<string, unknown> & { readonly $defs: Record<string, Record<string, unknown>> };

export const SCHEMA_FILE = path.resolve(__dirname, '..', '..', 'docs', 'protocol.schema.json');

const schema: Schema = schemaOfProtocol;
const published = validators(schema);
const withoutMore = validators({ ...schema, $defs: Object.fromEntries(Object.entries(schema.$defs).map(([name, each]) => [name, closed(each)])) });

/** Why the published schema rejects a message; undefined if the message is valid. */
export function invalidity(definition: Definition, message: unknown): string | undefined {
  return published(definition, message);
}

/**
 * Why a string that the service sends is invalid: it is not a message of the schema, has a field that the schema does not name, or is too large.
 * Undefined if it is valid.
 */
export function invalidityOfSent(json: string): string | undefined {
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_MESSAGE_BYTES) {
    return `it has ${bytes} bytes`;
  }
  const message = JSON.parse(json) as unknown;
  return withoutMore('ServerMessage', message) ?? (isCompressed(message) ? invalidityOfCompressed(message) : undefined);
}

function invalidityOfCompressed({ data, messages }: CompressedRowsMessage): string | undefined {
  const inside = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()) as unknown[];
  return inside.length === messages
    ? inside.map((message) => invalidityOfSent(JSON.stringify(message))).find((wrong) => wrong !== undefined)
    : `it has ${inside.length} messages, and states ${messages}`;
}

function isCompressed(message: unknown): message is CompressedRowsMessage {
  return typeof message === 'object' && message !== null && 'encoding' in message;
}

function validators(all: Schema): (definition: Definition, message: unknown) => string | undefined {
  const ajv = new Ajv2020({ allowUnionTypes: true, logger: false }).addSchema(all, 'protocol');
  const compiled = {
    ClientMessage: ajv.compile({ $ref: 'protocol#/$defs/ClientMessage' }),
    ServerMessage: ajv.compile({ $ref: 'protocol#/$defs/ServerMessage' }),
  };
  return (definition, message) => {
    const validate = compiled[definition];
    return validate(message) ? undefined : ajv.errorsText(validate.errors);
  };
}

function closed(definition: Record<string, unknown>): Record<string, unknown> {
  return definition.type === 'object' ? { additionalProperties: false, ...definition } : definition;
}

import * as fs from 'node:fs';
import * as path from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';
import type { Config } from 'ts-json-schema-generator';

const PROJECT = path.resolve(__dirname, '..');

/** Where the schema is published. */
export const SCHEMA_FILE = path.join(PROJECT, 'docs', 'protocol.schema.json');

const SOURCE: Config = {
  path: path.join(PROJECT, 'src', 'protocol', 'messages.ts'),
  tsconfig: path.join(PROJECT, 'tsconfig.client.json'),
  skipTypeCheck: true,
  expose: 'export',
  sortProps: false,
};

/** The JSON Schema of all messages. The service rejects unknown fields, and clients ignore them. */
export function protocolSchema(): string {
  const $defs = { ...definitionsOf('ServerMessage', true), ...definitionsOf('ClientMessage', false) };
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'The protocol redshift-query.v1',
    description: 'ClientMessage is a message from a client, ServerMessage a message from the service. Each is a JSON document of at most 32 KB in UTF-8.',
    anyOf: [{ $ref: '#/$defs/ClientMessage' }, { $ref: '#/$defs/ServerMessage' }],
    $defs: Object.fromEntries(Object.entries($defs).sort(([one], [other]) => one < other ? -1 : 1)),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** The generator writes draft 7, which differs from 2020-12, as far as it is used here, in where definitions are. */
function definitionsOf(type: string, additionalProperties: boolean): object {
  const { definitions } = createGenerator({ ...SOURCE, type, additionalProperties }).createSchema(type);
  return JSON.parse(JSON.stringify(definitions).replaceAll('"#/definitions/', '"#/$defs/')) as object;
}

if (require.main === module) {
  fs.writeFileSync(SCHEMA_FILE, protocolSchema());
}

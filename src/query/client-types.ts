import * as fs from 'fs';
import * as path from 'path';
import { Token } from 'aws-cdk-lib';
import { requireString } from '../cdk/prop-checks';
import type { ListDefinition, ParameterDefinition, QueryDefinitions, ValueDefinition } from '../shared/query-definitions';

const HEADER = '// The queries that can be asked, and their parameters. Made by RedshiftWebSocketQuery; do not edit.';

/** A TypeScript declaration of all queries and their parameters. */
export function clientTypes(queries: QueryDefinitions): string {
  const members = Object.entries(queries).map(([name, { parameters }]) => `  ${quoted(name)}: { parameters: ${parametersType(parameters)} };`);
  return [HEADER, 'export interface Queries {', ...members, '}', ''].join('\n');
}

/** A query without parameters takes no others: `{}` would allow any. What claims give is none that a client can. */
function parametersType(parameters: Readonly<Record<string, ParameterDefinition>>): string {
  const given = Object.entries(parameters).filter(([, { claim }]) => claim === undefined);
  const members = given.map(([name, definition]) => `${quoted(name)}${mayBeLeftOut(definition) ? '?' : ''}: ${parameterType(definition)}`);
  return members.length === 0 ? 'Record<string, never>' : `{ ${members.join('; ')} }`;
}

function mayBeLeftOut({ optional, defaultValue }: ParameterDefinition): boolean {
  return optional === true || defaultValue !== undefined;
}

function parameterType(definition: ParameterDefinition): string {
  return `${valueType(definition)}${definition.optional ? ' | null' : ''}`;
}

function valueType(definition: ValueDefinition | ListDefinition): string {
  switch (definition.kind) {
    case 'list': return listType(valueType(definition.item));
    case 'oneOf': return definition.values.map(quoted).join(' | ');
    case 'boolean': return 'boolean';
    case 'integer': return [definition.min, definition.max].every((bound) => Number.isSafeInteger(Number(bound))) ? 'number' : 'number | string';
    case 'decimal': return 'number | string';
    default: return 'string';
  }
}

function listType(item: string): string {
  return `readonly ${item.includes(' | ') ? `(${item})` : item}[]`;
}

/** A text as TypeScript writes it, in single quotes. */
function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
}

/** The absolute path of the file. Throws when it cannot be written to. */
export function pathOfClientTypes(file: string): string {
  requireString('file', file);
  if (Token.isUnresolved(file)) {
    throw new Error('the path of the client types must be known at synthesis, but is a token: write it out');
  }
  const absolute = path.resolve(file);
  if (!fs.existsSync(path.dirname(absolute))) {
    throw new Error(`the directory of '${file}' does not exist: looked for ${path.dirname(absolute)}; build the path from __dirname if the app runs elsewhere`);
  }
  return absolute;
}

/** Writes a file, unless it holds the text already: those who watch it would wake for nothing. */
export function writeWhenChanged(file: string, text: string): void {
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) {
    fs.writeFileSync(file, text);
  }
}

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

/** Without parameters, `Record<string, never>`, because `{}` would allow any. Parameters from claims are excluded: clients can't send them. */
function parametersType(parameters: Readonly<Record<string, ParameterDefinition>>): string {
  const given = Object.entries(parameters).filter(([, { claim }]) => claim === undefined);
  const members = given.map(([name, definition]) => `${quoted(name)}${canBeOmitted(definition) ? '?' : ''}: ${parameterType(definition)}`);
  return members.length === 0 ? 'Record<string, never>' : `{ ${members.join('; ')} }`;
}

function canBeOmitted({ optional, defaultValue }: ParameterDefinition): boolean {
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

/** A string literal of TypeScript, in single quotes. */
function quoted(value: string): string {
  return `'${JSON.stringify(value).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
}

/** The absolute path of the file. Throws if its directory doesn't exist. */
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

/** Writes a file unless its contents are the same, so that file watchers don't run for nothing. */
export function writeWhenChanged(file: string, contents: string): void {
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== contents) {
    fs.writeFileSync(file, contents);
  }
}

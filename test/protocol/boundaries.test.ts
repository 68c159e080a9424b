import * as schema from '../../docs/protocol.schema.json';
import { readClientMessage } from '../../src/runtime/submit/client-message';
import { invalidity } from '../support/protocol-schema';

interface Definition {
  readonly $ref?: string;
  readonly anyOf?: readonly Definition[];
  readonly type?: string;
  readonly const?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Definition>>;
}

type Path = readonly string[];

const DEFINITIONS = schema.$defs as unknown as Readonly<Record<string, Definition>>;
const OTHER_TYPES = ['null', 'true', '7', '"7"', '[]', '{}', '[null]', '["gzip"]', '{"window":1}'];

/** One character in one UTF-16 code unit, one in two code units, and one in two code points. */
const CHARACTERS = ['x', '€', '😀', 'e\u0301'];

function resolved(definition: Definition): Definition {
  return definition.$ref === undefined ? definition : DEFINITIONS[definition.$ref.split('/').at(-1)!];
}

/** A value that the definition allows, with every property that it has. */
function sample(definition: Definition): unknown {
  const { const: constant, type, minimum, properties = {} } = resolved(definition);
  if (type === 'object') {
    return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, sample(property)]));
  }
  return constant ?? { string: 'a', integer: minimum, array: [] }[type!];
}

/** JSON strings at, below and above each limit of the definition, and of every other type. */
function boundaryValues(definition: Definition): string[] {
  const { minLength, maxLength, minimum, maximum } = definition;
  const lengths = [minLength, maxLength].filter((bound) => bound !== undefined).flatMap((bound) => [bound - 1, bound, bound + 1]);
  const numbers = [minimum, maximum].filter((bound) => bound !== undefined).flatMap((bound) => [bound - 1, bound, bound + 1, bound + 0.5]);
  const notations = minimum === undefined ? [] : [`${minimum}.0`, `${minimum}.${'0'.repeat(500)}`, `${minimum}e0`, `${minimum}e${'0'.repeat(20)}`, '10e-1', '1e9'];
  return [
    ...OTHER_TYPES,
    ...lengths.flatMap((length) => CHARACTERS.map((character) => JSON.stringify(character.repeat(Math.max(0, length))))),
    ...numbers.map(String),
    ...notations,
  ];
}

/** Every property of a message, options among them. */
function propertiesOf(definition: Definition, path: Path = []): [Path, Definition][] {
  return Object.entries(resolved(definition).properties ?? {}).flatMap(([name, property]) => {
    const own: Path = [...path, name];
    return [[own, resolved(property)] as [Path, Definition], ...propertiesOf(property, own)];
  });
}

/** The message as JSON, with a JSON string in place of a property, or without the property. */
function changed(message: unknown, path: Path, json?: string): string {
  const copy = structuredClone(message) as Record<string, any>;
  const parent = path.slice(0, -1).reduce((object, name) => object[name], copy);
  parent[path.at(-1)!] = json === undefined ? undefined : '$value';
  return JSON.stringify(copy).replace('"$value"', () => json!);
}

/** Objects as values of parameters are rejected later, by the definition of the parameter. */
function casesOf(type: string): string[] {
  const message = sample(DEFINITIONS[type]);
  const changes = propertiesOf(DEFINITIONS[type]).flatMap(([path, definition]) => [
    changed(message, path),
    changed(message, [...path.slice(0, -1), 'unknown'], '1'),
    ...boundaryValues(definition).map((json) => changed(message, path, json)),
  ]);
  return [JSON.stringify(message), ...changes];
}

function isAccepted(json: string): boolean {
  try {
    readClientMessage(json);
    return true;
  } catch {
    return false;
  }
}

describe('the service', () => {
  const types = DEFINITIONS.ClientMessage.anyOf!.map(({ $ref }) => $ref!.split('/').at(-1)!);

  it.each(types)('accepts exactly the values of %s that the schema allows, at every bound', (type) => {
    const decisions = casesOf(type).map((json) => ({ json, allowed: invalidity('ClientMessage', JSON.parse(json)) === undefined }));
    expect(decisions.filter(({ json, allowed }) => isAccepted(json) !== allowed)).toEqual([]);
    expect(new Set(decisions.map(({ allowed }) => allowed))).toEqual(new Set([true, false]));
  });
});

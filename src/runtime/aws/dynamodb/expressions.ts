type Values = Readonly<Record<string, unknown>>;

/** DynamoDB expressions. `#name` is the attribute with that name, and `:name` the value with that name. */
export interface Expressions {
  readonly update?: string;
  readonly condition?: string;
  readonly values?: Values;
}

interface Mentioned {
  readonly names: readonly string[];
  readonly valueNames: readonly string[];
}

const mentionedBy = new Map<string, Mentioned>();

/** The names and values that the expressions contain. DynamoDB rejects unused ones, and reserved words without a `#`. */
export function placeholders(text: string, values: Values) {
  const { names, valueNames } = mentioned(text);
  return {
    ExpressionAttributeNames: objectOf(names, '#', (name) => name),
    ExpressionAttributeValues: objectOf(valueNames, ':', (name) => values[name]),
  };
}

/** Creates an update that sets the defined changes, and removes the undefined ones and further attributes. */
export function changing(changes: Values, removed: readonly string[] = []): Expressions {
  const written = Object.keys(changes).filter((name) => changes[name] !== undefined);
  const gone = [...Object.keys(changes).filter((name) => changes[name] === undefined), ...removed];
  const clauses = [
    ...written.length > 0 ? [`SET ${written.map((name) => `#${name} = :new_${name}`).join(', ')}`] : [],
    ...gone.length > 0 ? [`REMOVE ${gone.map((name) => `#${name}`).join(', ')}`] : [],
  ];
  return {
    update: clauses.length > 0 ? clauses.join(' ') : undefined,
    values: Object.fromEntries(written.map((name) => [`new_${name}`, changes[name]])),
  };
}

/** Finds the placeholders of an expression. The results are cached, because there are few expressions. */
function mentioned(text: string): Mentioned {
  const known = mentionedBy.get(text) ?? { names: found(text, /#(\w+)/g), valueNames: found(text, /:(\w+)/g) };
  mentionedBy.set(text, known);
  return known;
}

function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => name))];
}

function objectOf<T>(names: readonly string[], sign: string, valueOf: (name: string) => T): Record<string, T> | undefined {
  if (names.length === 0) {
    return undefined;
  }
  const object: Record<string, T> = {};
  for (const name of names) {
    object[`${sign}${name}`] = valueOf(name);
  }
  return object;
}

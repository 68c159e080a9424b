type Values = Readonly<Record<string, unknown>>;

/** DynamoDB expressions. `#name` is the attribute with that name, and `:name` the value with that name. */
export interface Expressions {
  readonly update?: string;
  readonly condition?: string;
  readonly values?: Values;
}

interface PlaceholderNames {
  readonly names: readonly string[];
  readonly valueNames: readonly string[];
}

const placeholderCache = new Map<string, PlaceholderNames>();

/** The names and values that the expressions contain. DynamoDB rejects unused ones, and reserved words without a `#`. */
export function createPlaceholders(expression: string, values: Values) {
  const { names, valueNames } = findPlaceholders(expression);
  return {
    ExpressionAttributeNames: createObject(names, '#', (name) => name),
    ExpressionAttributeValues: createObject(valueNames, ':', (name) => values[name]),
  };
}

/** Creates an update that sets the defined changes, and removes the undefined ones and further attributes. */
export function createUpdate(changes: Values, removed: readonly string[] = []): Expressions {
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
function findPlaceholders(expression: string): PlaceholderNames {
  const placeholders = placeholderCache.get(expression) ?? { names: findNames(expression, /#(\w+)/g), valueNames: findNames(expression, /:(\w+)/g) };
  placeholderCache.set(expression, placeholders);
  return placeholders;
}

function findNames(expression: string, pattern: RegExp): string[] {
  return [...new Set([...expression.matchAll(pattern)].map(([, name]) => name))];
}

function createObject<T>(names: readonly string[], sign: string, valueOf: (name: string) => T): Record<string, T> | undefined {
  if (names.length === 0) {
    return undefined;
  }
  const object: Record<string, T> = {};
  for (const name of names) {
    object[`${sign}${name}`] = valueOf(name);
  }
  return object;
}

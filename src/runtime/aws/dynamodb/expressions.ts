type Values = Readonly<Record<string, unknown>>;

/** Expressions of DynamoDB: `#name` stands for the attribute of that name, and `:name` for the value of that name. */
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

/** The names and values that the expressions mention; DynamoDB refuses others, and attributes that are reserved words without a `#`. */
export function placeholders(text: string, values: Values) {
  const { names, valueNames } = mentioned(text);
  return {
    ExpressionAttributeNames: objectOf(names, '#', (name) => name),
    ExpressionAttributeValues: objectOf(valueNames, ':', (name) => values[name]),
  };
}

/** Writes the changes, and removes the attributes whose change is undefined, and the others named. */
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

/** The names and the names of values that an expression mentions. Expressions are few, so that each is searched once. */
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

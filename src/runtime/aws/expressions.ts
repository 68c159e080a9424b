type Values = Readonly<Record<string, unknown>>;

/** Expressions of DynamoDB: `#name` stands for the attribute of that name, and `:name` for the value of that name. */
export interface Expressions {
  readonly update?: string;
  readonly condition?: string;
  readonly values?: Values;
}

/** The names and values that the expressions mention; DynamoDB refuses others, and attributes that are reserved words without a `#`. */
export function placeholders(text: string, values: Values) {
  return {
    ExpressionAttributeNames: mentioned(text, /#(\w+)/g, (name) => name),
    ExpressionAttributeValues: mentioned(text, /:(\w+)/g, (name) => values[name]),
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

function mentioned<T>(text: string, pattern: RegExp, valueOf: (name: string) => T): Record<string, T> | undefined {
  const found = [...text.matchAll(pattern)].map(([placeholder, name]) => [placeholder, valueOf(name)] as const);
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

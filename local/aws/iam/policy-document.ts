/** A policy document. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly PolicyStatement[] | PolicyStatement;
}

export interface PolicyStatement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [element: string]: unknown;
}

/** A policy document with a name for error messages. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: PolicyDocument;
}

export function statementsOf({ Statement: statements }: PolicyDocument): readonly PolicyStatement[] {
  return [statements].flat() as PolicyStatement[];
}

/** Returns the condition keys of a policy, in lower case. */
export function conditionKeysOf(policy: PolicyDocument): string[] {
  const keys = statementsOf(policy).flatMap(({ Condition: condition = {} }) => Object.values(condition).flatMap((test) => Object.keys(test)));
  return keys.map((key) => key.toLowerCase());
}

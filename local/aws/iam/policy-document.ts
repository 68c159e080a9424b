/** A policy, as the template has it once its intrinsics are resolved. */
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

/** A policy with a name for messages. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: PolicyDocument;
}

export function statementsOf({ Statement: statements }: PolicyDocument): readonly PolicyStatement[] {
  return [statements].flat() as PolicyStatement[];
}

/** The condition keys that a policy asks for, in lower case. */
export function conditionKeysOf(policy: PolicyDocument): string[] {
  const keys = statementsOf(policy).flatMap(({ Condition: condition = {} }) => Object.values(condition).flatMap((test) => Object.keys(test)));
  return keys.map((key) => key.toLowerCase());
}

/** The attributes of an item, its keys included. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What the placeholders of an expression stand for. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
}

/** Changes a copy of an item. */
type Change = (item: Record<string, unknown>, placeholders: Placeholders) => void;
type Evaluate<T> = (item: Attributes, placeholders: Placeholders) => T;

const TOKEN = /\s*(\(|\)|,|<>|<=|>=|[=<>+-]|[#:]?\w+)/gy;

const COMPARISONS: Readonly<Record<string, (one: never, other: never) => boolean>> = {
  '=': (one, other) => one === other,
  '<>': (one, other) => one !== other,
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
};

const conditions = new Map<string, Evaluate<boolean>>();
const updates = new Map<string, Evaluate<Attributes>>();

/** A condition, or a key condition, as a function; the expressions of the store are few, so that each is read once. */
export function compileCondition(source: string): Evaluate<boolean> {
  return compiled(conditions, source, (parser) => parser.condition());
}

/** An update expression as a function that gives the changed item. */
export function compileUpdate(source: string): Evaluate<Attributes> {
  return compiled(updates, source, (parser) => parser.update());
}

function compiled<T>(known: Map<string, T>, source: string, parse: (parser: Parser) => T): T {
  let expression = known.get(source);
  if (expression === undefined) {
    const parser = new Parser(source);
    expression = parse(parser);
    parser.expectEnd();
    known.set(source, expression);
  }
  return expression;
}

/** Reads the part of DynamoDB's expressions that the store uses, and rejects the rest. */
class Parser {
  private readonly tokens: string[];
  private place = 0;

  constructor(private readonly source: string) {
    this.tokens = [...source.matchAll(TOKEN)].map(([, token]) => token);
    if (this.tokens.join('').length !== source.replace(/\s/g, '').length) {
      throw this.unsupported();
    }
  }

  public condition(): Evaluate<boolean> {
    let result = this.conjunction();
    while (this.skip('OR')) {
      const [left, right] = [result, this.conjunction()];
      result = (item, placeholders) => left(item, placeholders) || right(item, placeholders);
    }
    return result;
  }

  public update(): Evaluate<Attributes> {
    const changes: Change[] = [];
    while (this.place < this.tokens.length) {
      const clause = this.next();
      do {
        const name = this.next();
        changes.push(this.change(clause, (placeholders) => attributeName(name, placeholders)));
      } while (this.skip(','));
    }
    return (item, placeholders) => {
      const changed = { ...item };
      changes.forEach((change) => change(changed, placeholders));
      return changed;
    };
  }

  public expectEnd(): void {
    if (this.place < this.tokens.length) {
      throw this.unsupported();
    }
  }

  private change(clause: string, nameOf: (placeholders: Placeholders) => string): Change {
    if (clause === 'REMOVE') {
      return (item, placeholders) => {
        delete item[nameOf(placeholders)];
      };
    }
    if (clause === 'SET') {
      this.expect('=');
      const value = this.sum();
      return (item, placeholders) => {
        item[nameOf(placeholders)] = value(item, placeholders);
      };
    }
    if (clause === 'ADD') {
      const value = this.operand();
      return (item, placeholders) => {
        const name = nameOf(placeholders);
        item[name] = added(item[name], value(item, placeholders));
      };
    }
    throw this.unsupported();
  }

  private sum(): Evaluate<unknown> {
    const left = this.operand();
    const sign = this.skip('+') ? 1 : this.skip('-') ? -1 : 0;
    if (sign === 0) {
      return left;
    }
    const right = this.operand();
    return (item, placeholders) => (left(item, placeholders) as number) + sign * (right(item, placeholders) as number);
  }

  private conjunction(): Evaluate<boolean> {
    let result = this.primary();
    while (this.skip('AND')) {
      const [left, right] = [result, this.primary()];
      result = (item, placeholders) => left(item, placeholders) && right(item, placeholders);
    }
    return result;
  }

  private primary(): Evaluate<boolean> {
    if (this.skip('NOT')) {
      const negated = this.primary();
      return (item, placeholders) => !negated(item, placeholders);
    }
    if (this.skip('(')) {
      const inner = this.condition();
      this.expect(')');
      return inner;
    }
    return this.tokens[this.place + 1] === '(' ? this.test() : this.comparison();
  }

  private test(): Evaluate<boolean> {
    const name = this.next();
    this.expect('(');
    const operand = this.operand();
    const argument = this.skip(',') ? this.operand() : undefined;
    this.expect(')');
    switch (name) {
      case 'attribute_exists': return (item, placeholders) => operand(item, placeholders) !== undefined;
      case 'attribute_not_exists': return (item, placeholders) => operand(item, placeholders) === undefined;
      case 'begins_with': return (item, placeholders) => String(operand(item, placeholders)).startsWith(String(argument!(item, placeholders)));
      case 'contains': return (item, placeholders) => this.isMember(operand(item, placeholders), argument!(item, placeholders));
      default: throw this.unsupported();
    }
  }

  /** Of what `contains` searches, only sets are supported. */
  private isMember(set: unknown, value: unknown): boolean {
    if (set !== undefined && !(set instanceof Set)) {
      throw this.unsupported();
    }
    return set?.has(value) === true;
  }

  private comparison(): Evaluate<boolean> {
    const left = this.operand();
    const operator = this.next();
    const right = this.operand();
    if (operator === 'BETWEEN') {
      this.expect('AND');
      const last = this.operand();
      return (item, placeholders) => {
        const value = left(item, placeholders) as string;
        return value >= (right(item, placeholders) as string) && value <= (last(item, placeholders) as string);
      };
    }
    const compare = COMPARISONS[operator];
    if (compare === undefined) {
      throw this.unsupported();
    }
    return (item, placeholders) => {
      const [one, other] = [left(item, placeholders), right(item, placeholders)];
      // An attribute that is missing differs from every value, and is in no order with any.
      return one === undefined || other === undefined ? operator === '<>' : compare(one as never, other as never);
    };
  }

  private operand(): Evaluate<unknown> {
    const token = this.next();
    if (token === 'if_not_exists') {
      this.expect('(');
      const [attribute, , otherwise] = [this.operand(), this.expect(','), this.operand()];
      this.expect(')');
      return (item, placeholders) => attribute(item, placeholders) ?? otherwise(item, placeholders);
    }
    if (token.startsWith(':')) {
      return (_, { ExpressionAttributeValues = {} }) => ExpressionAttributeValues[token];
    }
    return (item, placeholders) => item[attributeName(token, placeholders)];
  }

  private next(): string {
    const token = this.tokens[this.place];
    if (token === undefined) {
      throw this.unsupported();
    }
    this.place += 1;
    return token;
  }

  private skip(token: string): boolean {
    const isNext = this.tokens[this.place] === token;
    this.place += isNext ? 1 : 0;
    return isNext;
  }

  private expect(token: string): void {
    if (!this.skip(token)) {
      throw this.unsupported();
    }
  }

  private unsupported(): Error {
    return new Error(`MemoryDocuments does not support the expression ${this.source}`);
  }
}

/** To a number a number is added, and to a set the members of another. */
function added(previous: unknown, value: unknown): unknown {
  if (value instanceof Set) {
    return new Set([...previous as Set<unknown> | undefined ?? [], ...value]);
  }
  return (previous as number | undefined ?? 0) + (value as number);
}

function attributeName(token: string, { ExpressionAttributeNames = {} }: Placeholders): string {
  return token.startsWith('#') ? ExpressionAttributeNames[token] : token;
}

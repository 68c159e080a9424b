import type { CanonicalValue } from './query-definitions';
import { scanSql } from './sql-scanner';

/** A statement for the Redshift Data API, with the values separate from the SQL. */
export interface BoundStatement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Error for a placeholder without a value. */
export class UnknownPlaceholderError extends Error {
  public readonly name = 'UnknownPlaceholderError';
}

/**
 * Binds values to the placeholders of a template. The Redshift Data API can't bind NULL, empty strings and lists: the first two become the constants
 * `NULL` and `''`, and a list becomes one placeholder for each item. The SQL never contains a value. Throws an UnknownPlaceholderError or an
 * SqlScanError.
 */
export function bindValues(template: string, values: Readonly<Record<string, CanonicalValue>>): BoundStatement {
  const names = new ItemNames(values);
  const parameters = new Map<string, string>();
  let sql = '';
  let end = 0;
  for (const { kind, value: placeholder, index } of scanSql(template)) {
    if (kind === 'placeholder') {
      const name = placeholder.slice(1);
      if (!Object.hasOwn(values, name)) {
        throw new UnknownPlaceholderError(`the placeholder ${placeholder} has no parameter`);
      }
      const value = values[name];
      const chunks = [value].flat().map((each, item) => sqlOf(Array.isArray(value) ? names.of(name, item) : name, each, parameters));
      const replaced = chunks.join(', ');
      const after = index + placeholder.length;
      sql += template.slice(end, index) + (replaced === placeholder ? placeholder : apart(replaced, template[index - 1], template[after]));
      end = after;
    }
  }
  return { sql: sql + template.slice(end), parameters: Object.fromEntries(parameters) };
}

function sqlOf(name: string, value: string | null, parameters: Map<string, string>): string {
  if (value === null) {
    return 'NULL';
  }
  if (value === '') {
    return "''";
  }
  parameters.set(name, value);
  return `:${name}`;
}

/** Adds spaces around a replacement, which could otherwise merge with its neighbors, as in `'x':name`. */
function apart(replacement: string, before = ' ', after = ' '): string {
  return `${/[\s(,]/.test(before) ? '' : ' '}${replacement}${/[\s),]/.test(after) ? '' : ' '}`;
}

/** Names for the items of lists, different from all other parameters and items. */
class ItemNames {
  private readonly usedNames: Set<string>;
  private readonly names = new Map<string, string>();

  constructor(values: Readonly<Record<string, CanonicalValue>>) {
    this.usedNames = new Set(Object.keys(values));
  }

  public of(name: string, item: number): string {
    const key = `${name} ${item}`;
    const existing = this.names.get(key);
    if (existing !== undefined) {
      return existing;
    }
    let candidate = `${name}_${item + 1}`;
    while (this.usedNames.has(candidate)) {
      candidate += '_';
    }
    this.usedNames.add(candidate);
    this.names.set(key, candidate);
    return candidate;
  }
}

import type { SqlProblem } from './sql-location';
import type { SqlToken } from '../shared/sql-scanner';

/** Syntax of template languages, database drivers and other databases, which Redshift rejects. */
const MARKS: readonly RegExp[] = [
  /\$\{?\w*/y, // ${schema}, $__timeFilter(ts), $1
  /\{[{%#]/y, // {{ ref('x') }}, {% if x %}
  /\{[\w.]*\}/y, // {table}, #{table}
  /<%/y, // <%= table %>
  /\?/y,
];

/** `%s` and `%(id)s` of Python's drivers; after an operand, % is the modulo operator. */
const PYTHON_MARK = /%(?:\(\w+\))?[sdf]\b/y;

const OPERATORS_AND_KEYWORDS = /^(?:[^\w)\]"']|SELECT|WHERE|AND|OR|NOT|IN|ON|HAVING|BETWEEN|LIKE|ILIKE|LIMIT|OFFSET|FROM|JOIN|BY|THEN|ELSE|WHEN)$/i;

/** The first mark of another language than Redshift's SQL. */
export function foreignSyntaxProblem(sql: string, tokens: readonly SqlToken[]): SqlProblem | undefined {
  for (const [place, { kind, value, index }] of tokens.entries()) {
    if (kind !== 'symbol') {
      continue;
    }
    if (value === '`') {
      return { index, message: '` is not a quote in Redshift: write " around a name' };
    }
    const mark = markAt(sql, index) ?? (isOperand(tokens[place - 1]) ? undefined : matchAt(PYTHON_MARK, sql, index));
    if (mark !== undefined) {
      const message = `${mark} is not SQL of Redshift, and templates of other languages are not filled in: `
        + 'write :name for a value, and everything else in full';
      return { index, message };
    }
  }
  return undefined;
}

function markAt(sql: string, index: number): string | undefined {
  return MARKS.map((mark) => matchAt(mark, sql, index)).find((mark) => mark !== undefined);
}

function matchAt(pattern: RegExp, sql: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(sql)?.[0];
}

function isOperand(token: SqlToken | undefined): boolean {
  return token !== undefined && !OPERATORS_AND_KEYWORDS.test(token.value);
}

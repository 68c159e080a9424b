/** Kind of a token. A `string` is in single or dollar quotes, an `identifier` a name in quotes; white space has no token. */
export type SqlTokenKind = 'placeholder' | 'string' | 'identifier' | 'comment' | 'word' | 'semicolon' | 'symbol';

/** A token of a statement. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly value: string;
  readonly index: number;
}

/** Error for a statement with an unclosed quote or comment, and its place. */
export class SqlScanError extends Error {
  public readonly name = 'SqlScanError';

  constructor(message: string, public readonly index: number) {
    super(message);
  }
}

/** Rules in the order in which they apply at each place of the statement. */
const RULES: readonly (readonly [SqlTokenKind | 'space', RegExp])[] = [
  // Redshift treats other Unicode spaces, such as U+00A0, as letters.
  ['space', /[ \t\n\r\f]+/y],
  ['comment', /--[^\n\r]*/y],
  // Redshift treats a backslash in a string as an escape, with and without an E before the quote.
  ['string', /(?:[BbEeNnXx]|[Uu]&)?'(?:''|\\[^]|[^'\\])*'/y],
  ['identifier', /"(?:""|[^"])*"/y],
  ['string', /(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[^]*?\1/y],
  ['symbol', /::|:=|\$\d+|\d[\w.]*/y],
  ['placeholder', /:\w+/y],
  ['semicolon', /;/y],
  ['word', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['symbol', /[^]/y],
];

const QUOTE = /'|"|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

/**
 * Splits SQL as Redshift does, as far as quotes, comments, casts and placeholders go. Throws an SqlScanError where a quote or comment does
 * not end.
 */
export function* scanSql(sql: string): Generator<SqlToken> {
  let index = 0;
  while (index < sql.length) {
    const [kind, value] = sql.startsWith('/*', index) ? ['comment' as const, sql.slice(index, endOfComment(sql, index))] : match(sql, index);
    if (kind !== 'space') {
      yield { kind, value, index };
    }
    index += value.length;
  }
}

function match(sql: string, index: number): [SqlTokenKind | 'space', string] {
  for (const [kind, pattern] of RULES) {
    const value = valueAt(pattern, sql, index);
    if (value !== undefined) {
      if (kind === 'symbol') {
        rejectOpenQuote(sql, index);
      }
      return [kind, value];
    }
  }
  throw new SqlScanError('nothing can be read', index);
}

function rejectOpenQuote(sql: string, index: number): void {
  const quote = valueAt(QUOTE, sql, index);
  if (quote !== undefined) {
    throw new SqlScanError(`the quote ${quote} is not closed`, index);
  }
}

function valueAt(pattern: RegExp, sql: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(sql)?.[0];
}

/** Comments nest in Redshift, as in PostgreSQL. */
function endOfComment(sql: string, start: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(sql); mark; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) {
      return marks.lastIndex;
    }
  }
  throw new SqlScanError('the comment is not closed', start);
}

/** What a part of an SQL text is. A `text` is a string in quotes, an `identifier` a name in quotes; white space is left out. */
export type SqlTokenKind = 'placeholder' | 'text' | 'identifier' | 'comment' | 'word' | 'semicolon' | 'symbol';

/** A part of an SQL text. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly text: string;
  readonly index: number;
}

/** An SQL text that cannot be read: where, and why. */
export class SqlScanError extends Error {
  public readonly name = 'SqlScanError';

  constructor(message: string, public readonly index: number) {
    super(message);
  }
}

/** In the order in which they are tried, at each place of the text. */
const RULES: readonly (readonly [SqlTokenKind | 'space', RegExp])[] = [
  // Redshift takes other Unicode spaces, such as U+00A0, for letters.
  ['space', /[ \t\n\r\f]+/y],
  ['comment', /--[^\n\r]*/y],
  // Redshift takes a backslash in any text for an escape, with and without an E before it.
  ['text', /(?:[BbEeNnXx]|[Uu]&)?'(?:''|\\[^]|[^'\\])*'/y],
  ['identifier', /"(?:""|[^"])*"/y],
  ['text', /(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[^]*?\1/y],
  ['symbol', /::|:=|\$\d+|\d[\w.]*/y],
  ['placeholder', /:\w+/y],
  ['semicolon', /;/y],
  ['word', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['symbol', /[^]/y],
];

const OPENING_QUOTE = /'|"|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

/** Splits an SQL text as Redshift does, as far as quotes, comments, casts and placeholders go. Throws an SqlScanError where a quote or comment does not end. */
export function* scanSql(sql: string): Generator<SqlToken> {
  let index = 0;
  while (index < sql.length) {
    const [kind, text] = sql.startsWith('/*', index) ? ['comment' as const, sql.slice(index, endOfComment(sql, index))] : match(sql, index);
    if (kind !== 'space') {
      yield { kind, text, index };
    }
    index += text.length;
  }
}

function match(sql: string, index: number): [SqlTokenKind | 'space', string] {
  for (const [kind, pattern] of RULES) {
    const text = textAt(pattern, sql, index);
    if (text !== undefined) {
      if (kind === 'symbol') {
        refuseOpenQuote(sql, index);
      }
      return [kind, text];
    }
  }
  throw new SqlScanError('nothing can be read', index);
}

function refuseOpenQuote(sql: string, index: number): void {
  const quote = textAt(OPENING_QUOTE, sql, index);
  if (quote !== undefined) {
    throw new SqlScanError(`the quote ${quote} is not closed`, index);
  }
}

function textAt(pattern: RegExp, sql: string, index: number): string | undefined {
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

/** A part of an SQL text that matters to a template; white space and comments are left out. */
export interface SqlToken {
  readonly kind: 'placeholder' | 'quoted' | 'semicolon' | 'other';
  readonly text: string;
  readonly index: number;
}

/** In the order in which they are tried, at each place of the text. */
const RULES: readonly (readonly [SqlToken['kind'] | 'skipped', RegExp])[] = [
  ['skipped', /\s+|--[^\n]*/y],
  ['quoted', /'(?:''|\\[^]|[^'\\])*'|"(?:""|[^"])*"/y],
  ['quoted', /(\$(?:[A-Za-z_]\w*)?\$)[^]*?\1/y],
  ['other', /::|:=/y],
  ['placeholder', /:[A-Za-z_]\w*|:\d\w*/y],
  ['semicolon', /;/y],
  ['other', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|[^]/y],
];

/** Splits an SQL text as Redshift does, as far as quotes, comments, casts and placeholders go. Throws where a quote or comment does not end. */
export function* scanSql(sql: string): Generator<SqlToken> {
  let index = 0;
  while (index < sql.length) {
    const end = sql.startsWith('/*', index) ? endOfComment(sql, index) : undefined;
    if (end !== undefined) {
      index = end;
      continue;
    }
    const [kind, text] = match(sql, index);
    if (kind === 'other' && (text === "'" || text === '"')) {
      throw new Error(`the quote ${text} at ${position(sql, index)} is not closed`);
    }
    if (kind !== 'skipped') {
      yield { kind, text, index };
    }
    index += text.length;
  }
}

function match(sql: string, index: number): [SqlToken['kind'] | 'skipped', string] {
  for (const [kind, pattern] of RULES) {
    pattern.lastIndex = index;
    const found = pattern.exec(sql);
    if (found) {
      return [kind, found[0]];
    }
  }
  throw new Error(`nothing can be read at ${position(sql, index)}`);
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
  throw new Error(`the comment at ${position(sql, start)} is not closed`);
}

/** A place in a text as people count it. */
export function position(sql: string, index: number): string {
  const before = sql.slice(0, index).split('\n');
  return `line ${before.length}, column ${before[before.length - 1].length + 1}`;
}

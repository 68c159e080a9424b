import { SqlError } from './sql-engine';

/** Kind of a token. `space` includes comments; `raw` is SQL that a translation inserted. */
export type SqlTokenKind = 'space' | 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'symbol' | 'raw';

/** A token of a statement. All tokens joined are the statement. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly sql: string;
}

const SPACE = /\s+|--[^\n]*/y;
const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const PARAMETER = /:[0-9a-zA-Z_]+/y;
const DOLLAR_TAG = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const POSITIONAL = /\$\d+/y;

/** Splits a statement into tokens. */
export function tokenize(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let position = 0;
  while (position < sql.length) {
    const token = tokenAt(sql, position);
    tokens.push(token);
    position += token.sql.length;
  }
  return tokens;
}

/** Joins tokens to a statement. */
export function joinTokens(tokens: readonly SqlToken[]): string {
  return tokens.map((token) => token.sql).join('');
}

function tokenAt(sql: string, position: number): SqlToken {
  const space = match(SPACE, sql, position);
  if (space !== undefined) return { kind: 'space', sql: space };
  if (sql.startsWith('/*', position)) return { kind: 'space', sql: blockComment(sql, position) };
  const character = sql[position];
  if (/[EN]/i.test(character) && sql[position + 1] === "'") {
    return { kind: 'string', sql: character + quoted(sql, position + 1, "'", true) };
  }
  const word = match(WORD, sql, position);
  if (word !== undefined) return { kind: 'word', sql: word };
  if (character === "'") return { kind: 'string', sql: quoted(sql, position, "'", true) };
  if (character === '"') return { kind: 'quoted', sql: quoted(sql, position, '"', false) };
  if (character === '$') return dollar(sql, position);
  const number = match(NUMBER, sql, position);
  if (number !== undefined) return { kind: 'number', sql: number };
  if (sql.startsWith('::', position)) return { kind: 'symbol', sql: '::' };
  const parameter = match(PARAMETER, sql, position);
  if (parameter !== undefined) return { kind: 'parameter', sql: parameter };
  return { kind: 'symbol', sql: character };
}

function match(pattern: RegExp, sql: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(sql)?.[0];
}

function blockComment(sql: string, start: number): string {
  let depth = 0;
  let position = start;
  do {
    if (sql.startsWith('/*', position)) {
      depth += 1;
      position += 2;
    } else if (sql.startsWith('*/', position)) {
      depth -= 1;
      position += 2;
    } else if (position >= sql.length) {
      throw new SqlError('unterminated /* comment', '42601');
    } else {
      position += 1;
    }
  } while (depth > 0);
  return sql.slice(start, position);
}

function quoted(sql: string, start: number, quote: string, backslashes: boolean): string {
  let position = start + 1;
  while (position < sql.length) {
    if (backslashes && sql[position] === '\\') {
      position += 2;
    } else if (sql[position] !== quote) {
      position += 1;
    } else if (sql[position + 1] === quote) {
      position += 2;
    } else {
      return sql.slice(start, position + 1);
    }
  }
  throw new SqlError(`unterminated quoted ${quote === '"' ? 'identifier' : 'string'}`, '42601');
}

function dollar(sql: string, start: number): SqlToken {
  const positional = match(POSITIONAL, sql, start);
  if (positional !== undefined) {
    throw new SqlError(`positional parameters are not supported: ${positional}: use a named parameter such as :name`, '42P02');
  }
  const tag = match(DOLLAR_TAG, sql, start);
  if (tag === undefined) return { kind: 'symbol', sql: '$' };
  const end = sql.indexOf(tag, start + tag.length);
  if (end < 0) throw new SqlError('unterminated dollar-quoted string', '42601');
  return { kind: 'string', sql: sql.slice(start, end + tag.length) };
}

/** Adds the prefix E to strings with a backslash. In Redshift, a backslash is an escape character in all strings. */
export function escapedStrings(tokens: readonly SqlToken[]): SqlToken[] {
  return tokens.map((token) => {
    const isEscaped = token.kind === 'string' && token.sql.includes('\\') && !token.sql.startsWith('$');
    return isEscaped ? { ...token, sql: token.sql.replace(/^[EN]?/i, 'E') } : token;
  });
}

/** Position of the first token from `from` that isn't space, or the number of tokens. */
export function nextSignificant(tokens: readonly SqlToken[], from: number): number {
  let position = from;
  while (position < tokens.length && tokens[position].kind === 'space') position += 1;
  return position;
}

/** Position of the last token before `from` that isn't space, or -1. */
export function previousSignificant(tokens: readonly SqlToken[], from: number): number {
  let position = from - 1;
  while (position >= 0 && tokens[position].kind === 'space') position -= 1;
  return position;
}

/** Whether the token is one of the words, in upper or lower case. */
export function isWord(token: SqlToken | undefined, ...words: string[]): boolean {
  return token?.kind === 'word' && words.includes(token.sql.toLowerCase());
}

export function isSymbol(token: SqlToken | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.sql === symbol;
}

/** Position of the parenthesis that closes the one at `open`. */
export function closingParenthesis(tokens: readonly SqlToken[], open: number): number {
  let depth = 0;
  for (let position = open; position < tokens.length; position += 1) {
    if (isSymbol(tokens[position], '(')) depth += 1;
    if (isSymbol(tokens[position], ')')) depth -= 1;
    if (depth === 0) return position;
  }
  throw new SqlError('syntax error: a parenthesis is not closed', '42601');
}

/** Splits at commas outside of parentheses. */
export function splitAtCommas(tokens: readonly SqlToken[]): SqlToken[][] {
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth += 1;
    if (isSymbol(token, ')')) depth -= 1;
    if (depth === 0 && isSymbol(token, ',')) parts.push([]);
    else parts[parts.length - 1].push(token);
  }
  return parts;
}

/** Removes space at both ends. */
export function trimSpace(tokens: readonly SqlToken[]): SqlToken[] {
  const start = nextSignificant(tokens, 0);
  const end = previousSignificant(tokens, tokens.length);
  return tokens.slice(start, end + 1);
}

import { translateCreateTable } from './dialect/create-table';
import { rewriteFunctions } from './dialect/rewritten-functions';
import { checkSupported } from './dialect/unsupported-syntax';
import { bindParameters } from './named-parameters';
import { SqlError, SqlParameter } from './sql-engine';
import { escapedStrings, isSymbol, isWord, nextSignificant, SqlToken, tokenize } from './sql-tokens';

/** A Redshift statement, translated to PostgreSQL. */
export interface PreparedStatement {
  readonly sql: string;
  /** Tokens of the Redshift statement. */
  readonly tokens: readonly SqlToken[];
  /** Whether the statement is probably a read. The database decides, because a read can call a function that writes. */
  readonly isRead: boolean;
}

const READS = ['select', 'with', 'values', 'show', 'explain', 'set', 'reset', 'table'];

/** Translates one statement and binds its parameters. */
export function prepareStatement(sql: string, parameters: readonly SqlParameter[]): PreparedStatement {
  const tokens = singleStatement(tokenize(sql));
  checkSupported(tokens);
  const translated = bindParameters(escapedStrings(rewriteFunctions(translateCreateTable(tokens))), parameters);
  return { sql: translated, tokens, isRead: isWord(head(tokens), ...READS) || isSymbol(head(tokens), '(') };
}

/** Whether the SQL contains several statements. */
export function hasSeveralStatements(sql: string): boolean {
  const tokens = tokenize(sql);
  const end = tokens.findIndex((token) => isSymbol(token, ';'));
  return end >= 0 && tokens.slice(end).some((token) => token.kind !== 'space' && !isSymbol(token, ';'));
}

function head(tokens: readonly SqlToken[]): SqlToken | undefined {
  return tokens[nextSignificant(tokens, 0)];
}

function singleStatement(tokens: SqlToken[]): SqlToken[] {
  const end = tokens.findIndex((token) => isSymbol(token, ';'));
  const statement = end < 0 ? tokens : tokens.slice(0, end);
  if (end >= 0 && tokens.slice(end).some((token) => token.kind !== 'space' && !isSymbol(token, ';'))) {
    throw new SqlError('the SQL contains several statements: run each of them separately', '42601');
  }
  if (head(statement) === undefined) throw new SqlError('the statement is empty', '42601');
  return statement;
}

import { translateCreateTable } from './dialect/create-table';
import { refuseUnsupported } from './dialect/refusals';
import { rewriteFunctions } from './dialect/rewritten-functions';
import { bindParameters } from './named-parameters';
import { SqlError, SqlParameter } from './sql-engine';
import { escapedStrings, isSymbol, isWord, nextSignificant, SqlToken, tokenize } from './sql-tokens';

/** A statement of Redshift as PostgreSQL runs it. */
export interface PreparedStatement {
  readonly text: string;
  /** The tokens of the statement of Redshift. */
  readonly tokens: readonly SqlToken[];
  /** Whether it can be tried in a read-only transaction first; the database has the last word. */
  readonly isRead: boolean;
}

const READS = ['select', 'with', 'values', 'show', 'explain', 'set', 'reset', 'table'];

/** Translates one statement and binds its parameters. */
export function prepareStatement(sql: string, parameters: readonly SqlParameter[]): PreparedStatement {
  const tokens = singleStatement(tokenize(sql));
  refuseUnsupported(tokens);
  const text = bindParameters(escapedStrings(rewriteFunctions(translateCreateTable(tokens))), parameters);
  return { text, tokens, isRead: isWord(head(tokens), ...READS) || isSymbol(head(tokens), '(') };
}

/** Whether the text holds more than one statement. */
export function holdsSeveralStatements(sql: string): boolean {
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
    throw new SqlError('cannot run several statements at once', '42601');
  }
  if (head(statement) === undefined) throw new SqlError('the statement is empty', '42601');
  return statement;
}

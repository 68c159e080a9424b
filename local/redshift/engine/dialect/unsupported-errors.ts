import { SqlError } from '../sql-engine';
import { isSymbol, isWord, nextSignificant, previousSignificant, SqlToken } from '../sql-tokens';

const UNDEFINED_COLUMN = '42703';
const UNDEFINED_FUNCTION = '42883';

/** Extends a PostgreSQL error if the cause is probably an unsupported feature of Redshift. */
export function explainError(error: SqlError, tokens: readonly SqlToken[]): SqlError {
  const [, column] = /^column "([^"]+)" does not exist$/.exec(error.message) ?? [];
  if (error.code === UNDEFINED_COLUMN && column !== undefined && isAlias(tokens, column)) {
    const message = `${error.message}; a lateral reference to a column alias is not supported by the local database`;
    return new SqlError(message, error.code, error.detail, `Repeat the expression of "${column}", or select it in a subquery.`);
  }
  if (error.code === UNDEFINED_FUNCTION && error.message.startsWith('function ')) {
    return new SqlError(`${error.message} in the local database`, error.code, error.detail, error.hint);
  }
  return error;
}

/** Whether a word is a column alias: after AS, or directly after an expression. */
function isAlias(tokens: readonly SqlToken[], name: string): boolean {
  return tokens.some((token, position) => {
    const before = tokens[previousSignificant(tokens, position)];
    const after = tokens[nextSignificant(tokens, position + 1)];
    const isName = (token.kind === 'word' && token.sql.toLowerCase() === name) || token.sql === `"${name}"`;
    const endsExpression = (before?.kind !== 'symbol' || isSymbol(before, ')')) && !isWord(before, 'select', 'distinct', 'by', 'and', 'or', 'not');
    return isName && (isWord(before, 'as') || (endsExpression && (isSymbol(after, ',') || isWord(after, 'from'))));
  });
}

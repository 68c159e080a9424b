import { SqlError, SqlParameter } from './sql-engine';
import { joinTokens, SqlToken, tokenize } from './sql-tokens';

/** Name of a column that is only a bound value: in the translated statement, and in the result. */
export const BOUND_COLUMN = { name: 'unknown', shown: '?column?' };

/** Whether all parameters have a placeholder outside of quotes and comments. */
export function usesEvery(parameters: readonly SqlParameter[], sql: string): boolean {
  const used = new Set(tokenize(sql).filter(({ kind }) => kind === 'parameter').map((token) => token.sql));
  return parameters.every(({ name }) => used.has(`:${name}`));
}

/**
 * Replaces each `:name` with its value as an untyped string, which PostgreSQL converts to the expected type at each position.
 * A numbered parameter has only one type, and no type before `IS NULL`. The CAST prevents that DATE :day and FROM :table become valid.
 */
export function bindParameters(tokens: readonly SqlToken[], parameters: readonly SqlParameter[]): string {
  const values = new Map(parameters.map(({ name, value }) => [name, value]));
  if (values.size < parameters.length) throw new SqlError('a parameter has two values', '42P02');
  return joinTokens(tokens.map((token): SqlToken => {
    const value = token.kind === 'parameter' ? values.get(token.sql.slice(1)) : undefined;
    if (token.kind === 'parameter' && value === undefined) {
      throw new SqlError('syntax error at or near ":"', '42601', undefined, `Add a value for the parameter "${token.sql.slice(1)}".`);
    }
    return value === undefined ? token : { kind: 'raw', sql: `CAST(${stringLiteral(value)} AS ${BOUND_COLUMN.name})` };
  }));
}

function stringLiteral(value: string): string {
  if (value.includes('\0')) throw new SqlError('invalid byte sequence for encoding "UTF8": 0x00', '22021');
  return `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

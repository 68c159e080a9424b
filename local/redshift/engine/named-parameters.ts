import { SqlError, SqlParameter } from './sql-engine';
import { sqlText, SqlToken, tokenize } from './sql-tokens';

/** The name that PostgreSQL gives a column that is only a bound value, and the name of a column without a name. */
export const BOUND_COLUMN = { name: 'unknown', shown: '?column?' };

/** Whether every parameter has a placeholder outside of quotes and comments. */
export function usesEvery(parameters: readonly SqlParameter[], sql: string): boolean {
  const used = new Set(tokenize(sql).filter(({ kind }) => kind === 'parameter').map(({ text }) => text));
  return parameters.every(({ name }) => used.has(`:${name}`));
}

/**
 * Replaces each `:name` by its value as a string without a type, which PostgreSQL converts at each place to the type that is expected there.
 * A numbered parameter has one type for all its places, and none after `IS NULL`. The CAST keeps DATE :day and FROM :table from becoming valid.
 */
export function bindParameters(tokens: readonly SqlToken[], parameters: readonly SqlParameter[]): string {
  const given = new Map(parameters.map(({ name, value }) => [name, value]));
  if (given.size < parameters.length) throw new SqlError('a parameter is given twice', '42P02');
  return sqlText(tokens.map((token): SqlToken => {
    const value = token.kind === 'parameter' ? given.get(token.text.slice(1)) : undefined;
    if (token.kind === 'parameter' && value === undefined) {
      throw new SqlError('syntax error at or near ":"', '42601', undefined, `Add a value for the parameter "${token.text.slice(1)}".`);
    }
    return value === undefined ? token : { kind: 'raw', text: `CAST(${stringLiteral(value)} AS ${BOUND_COLUMN.name})` };
  }));
}

function stringLiteral(value: string): string {
  if (value.includes('\0')) throw new SqlError('invalid byte sequence for encoding "UTF8": 0x00', '22021');
  return `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

import { SqlError, SqlParameter } from './sql-engine';
import { sqlText, SqlToken } from './sql-tokens';

/** A statement with PostgreSQL's numbered placeholders, and the values in their order. */
export interface BoundStatement {
  readonly text: string;
  readonly values: readonly string[];
}

/** Turns `:name` into `$1` and so on. A name that is used twice gets one number, so that GROUP BY sees one expression. */
export function bindParameters(tokens: readonly SqlToken[], parameters: readonly SqlParameter[]): BoundStatement {
  const given = new Map(parameters.map((parameter) => [parameter.name, parameter.value]));
  if (given.size < parameters.length) throw new SqlError('a parameter is given twice', '42P02');
  const numbers = new Map<string, number>();
  const bound = tokens.map((token): SqlToken => {
    if (token.kind !== 'parameter') return token;
    const name = token.text.slice(1);
    if (!given.has(name)) throw new SqlError(`there is no value for the parameter "${name}"`, '42P02');
    if (!numbers.has(name)) numbers.set(name, numbers.size + 1);
    return { kind: 'raw', text: `$${numbers.get(name)}` };
  });
  const unused = parameters.find((parameter) => !numbers.has(parameter.name));
  if (unused) throw new SqlError(`the parameter "${unused.name}" is not used in the statement`, '42P02');
  return { text: sqlText(bound), values: [...numbers.keys()].map((name) => given.get(name)!) };
}

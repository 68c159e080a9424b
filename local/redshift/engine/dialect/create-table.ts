import { SqlError } from '../sql-engine';
import { closingParenthesis, isSymbol, isWord, nextSignificant, splitAtCommas, joinTokens, SqlToken } from '../sql-tokens';
import { checkColumnType } from './unsupported-syntax';

const DISTRIBUTION_STYLES = ['auto', 'even', 'key', 'all'];

/** Removes the storage options of Redshift from CREATE TABLE. */
export function translateCreateTable(tokens: readonly SqlToken[]): SqlToken[] {
  const name = tableNamePosition(tokens);
  if (name === undefined) return [...tokens];
  let position = name;
  while (position < tokens.length && !isSymbol(tokens[position], '(') && !isStorageWord(tokens[position]) && !isWord(tokens[position], 'as')) {
    position += 1;
  }
  const translated = tokens.slice(0, position);
  if (isSymbol(tokens[position], '(')) {
    const close = closingParenthesis(tokens, position);
    translated.push(...translateColumns(tokens.slice(position, close + 1)));
    position = close + 1;
  }
  return [...translated, ...withoutStorage(tokens, position)];
}

function tableNamePosition(tokens: readonly SqlToken[]): number | undefined {
  let position = nextSignificant(tokens, 0);
  if (!isWord(tokens[position], 'create')) return undefined;
  do position = nextSignificant(tokens, position + 1); while (isWord(tokens[position], 'local', 'temp', 'temporary'));
  if (!isWord(tokens[position], 'table')) return undefined;
  return nextSignificant(tokens, position + 1);
}

function isStorageWord(token: SqlToken): boolean {
  return isWord(token, 'backup', 'diststyle', 'distkey', 'compound', 'interleaved', 'sortkey', 'encode');
}

function withoutStorage(tokens: readonly SqlToken[], start: number): SqlToken[] {
  const result: SqlToken[] = [];
  let position = start;
  while (position < tokens.length) {
    const token = tokens[position];
    if (isWord(token, 'as')) return [...result, ...tokens.slice(position)];
    if (isStorageWord(token)) {
      position = storageEnd(tokens, position);
    } else {
      result.push(token);
      position += 1;
    }
  }
  return result;
}

/** Position after one storage clause of a table. */
function storageEnd(tokens: readonly SqlToken[], start: number): number {
  const word = tokens[start].sql.toLowerCase();
  const next = nextSignificant(tokens, start + 1);
  if (word === 'backup') return after(tokens, start, next, ['yes', 'no']);
  if (word === 'diststyle') return after(tokens, start, next, DISTRIBUTION_STYLES);
  if (word === 'encode') return after(tokens, start, next, ['auto']);
  if (word === 'compound' || word === 'interleaved') {
    after(tokens, start, next, ['sortkey']);
    return storageEnd(tokens, next);
  }
  if (word === 'sortkey' && isWord(tokens[next], 'auto')) return next + 1;
  if (!isSymbol(tokens[next], '(')) throw new SqlError(`syntax error at or near "${tokens[start].sql}": a list of columns must follow`, '42601');
  return closingParenthesis(tokens, next) + 1;
}

function after(tokens: readonly SqlToken[], start: number, next: number, words: readonly string[]): number {
  if (isWord(tokens[next], ...words)) return next + 1;
  throw new SqlError(`syntax error at or near "${tokens[start].sql}": one of ${words.join(', ').toUpperCase()} must follow`, '42601');
}

function translateColumns(list: readonly SqlToken[]): SqlToken[] {
  const comma: SqlToken = { kind: 'symbol', sql: ',' };
  const columns = splitAtCommas(list.slice(1, -1)).flatMap((column, index) => {
    checkColumnType(column);
    return [...(index === 0 ? [] : [comma]), ...translateColumn(column)];
  });
  return [list[0], ...columns, list[list.length - 1]];
}

function translateColumn(column: readonly SqlToken[]): SqlToken[] {
  // The first word is the name of the column, even if it is a keyword.
  let position = nextSignificant(column, 0) + 1;
  const result = column.slice(0, position);
  while (position < column.length) {
    const token = column[position];
    const next = nextSignificant(column, position + 1);
    if (isWord(token, 'distkey', 'sortkey')) {
      position += 1;
    } else if (isWord(token, 'encode')) {
      if (column[next]?.kind !== 'word') throw new SqlError('syntax error at or near "ENCODE": the name of an encoding must follow', '42601');
      position = next + 1;
    } else if (isWord(token, 'identity') && isSymbol(column[next], '(')) {
      const close = closingParenthesis(column, next);
      result.push({ kind: 'raw', sql: identity(column.slice(next + 1, close)) });
      position = close + 1;
    } else {
      result.push(token);
      position += 1;
    }
  }
  return result;
}

function identity(values: readonly SqlToken[]): string {
  const [seed, step = '1'] = splitAtCommas(values).map((value) => joinTokens(value).trim());
  return `GENERATED ALWAYS AS IDENTITY (START WITH ${seed} INCREMENT BY ${step})`;
}

/** Error in a template, and its place. */
export interface SqlProblem {
  readonly message: string;
  readonly index: number;
}

/** Maximum number of characters of a line that an error shows. */
const SHOWN_CHARACTERS = 100;

const INDENT = '    ';

/**
 * Line and column, from 1, of a place in a template, with the line itself and a caret under the place:
 *
 *     in trips.sql, line 2, column 7:
 *         WHERE :month
 *               ^
 */
export function sqlPlace(source: string, sql: string, index: number): string {
  const before = sql.slice(0, index).split(/\r\n|\n|\r/);
  const ahead = [...before[before.length - 1]];
  const rest = [...sql.slice(index).split(/[\r\n]/, 1)[0]];
  const { shown, caret } = excerpt([...ahead, ...rest], ahead.length);
  return `in ${source}, line ${before.length}, column ${ahead.length + 1}:\n${INDENT}${shown}\n${INDENT}${' '.repeat(caret)}^`;
}

/** A part of a line around a place; what would shift the caret, such as a tab, becomes a space. */
function excerpt(line: readonly string[], place: number): { shown: string; caret: number } {
  const start = line.length <= SHOWN_CHARACTERS ? 0 : Math.max(0, Math.min(place - SHOWN_CHARACTERS / 2, line.length - SHOWN_CHARACTERS));
  const end = Math.min(line.length, start + SHOWN_CHARACTERS);
  const before = start > 0 ? '…' : '';
  const part = line.slice(start, end).map((character) => /[\p{Cc}\p{Zl}\p{Zp}]/u.test(character) ? ' ' : character).join('');
  return { shown: `${before}${part}${end < line.length ? '…' : ''}`, caret: before.length + place - start };
}

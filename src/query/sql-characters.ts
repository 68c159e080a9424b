import type { SqlProblem } from './sql-location';
import type { SqlToken } from '../shared/sql-scanner';

/** Characters without a shape, other than the white space of SQL. */
const INVISIBLE = /(?![ \t\n\r\f])[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/** Redshift can't store these characters in a string. */
const IMPOSSIBLE = /\0|\p{Surrogate}/u;

/** Redshift reads a typographic quote as the first letter of a name. */
const TYPOGRAPHIC_QUOTE = /^[\p{Pi}\p{Pf}‚„″′´＂＇]/u;

const CHARACTER_NAMES: ReadonlyMap<string, string> = new Map([
  ['\u00a0', 'no-break space'],
  ['\u00ad', 'soft hyphen'],
  ['\u200b', 'zero-width space'],
  ['\u200e', 'left-to-right mark'],
  ['\u200f', 'right-to-left mark'],
  ['\u202e', 'right-to-left override'],
  ['\u3000', 'ideographic space'],
  ['\ufeff', 'byte order mark'],
]);

/** The first character of a template that no statement can have, or that stands for something else than it shows. */
export function characterProblem(sql: string, tokens: readonly SqlToken[]): SqlProblem | undefined {
  const impossible = IMPOSSIBLE.exec(sql);
  if (impossible) {
    const message = `the character ${codeOf(impossible[0])} cannot be part of a statement: remove it, and save the template as UTF-8`;
    return { index: impossible.index, message };
  }
  for (const { kind, value, index } of tokens.filter((token) => token.kind === 'word' || token.kind === 'symbol')) {
    const invisible = INVISIBLE.exec(value);
    if (invisible) {
      const message = `the invisible character ${codeOf(invisible[0])} is not white space in SQL: remove it, or replace it with a space`;
      return { index: index + invisible.index, message };
    }
    if (kind === 'word' && TYPOGRAPHIC_QUOTE.test(value)) {
      return { index, message: `${[...value][0]} is not a quote in SQL: write ' around a string, and " around a name` };
    }
  }
  return undefined;
}

function codeOf(character: string): string {
  const name = CHARACTER_NAMES.get(character);
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}${name === undefined ? '' : ` (${name})`}`;
}

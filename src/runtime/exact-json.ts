import { randomUUID } from 'node:crypto';
import { canonicalDecimal, ExactNumber } from '../shared/decimal';

/** The texts and numbers of a JSON text; a text is matched so that a number inside it is not. */
const TOKEN = /"(?:[^"\\]|\\[^])*"|-?\d[\d.eE+-]*/g;

/**
 * Parses JSON like `JSON.parse`, but gives a number that JavaScript would round, such as 9007199254740993, as an ExactNumber. Throws a SyntaxError
 * for what is not JSON.
 */
export function parseExactly(json: string): unknown {
  const value: unknown = JSON.parse(json);
  if (!(json.match(TOKEN) ?? []).some(isRounded)) {
    return value;
  }
  // Nobody can have sent a text that begins with it.
  const mark = randomUUID();
  const marked = json.replace(TOKEN, (token) => isRounded(token) ? JSON.stringify(mark + token) : token);
  return JSON.parse(marked, (_, each: unknown) => typeof each === 'string' && each.startsWith(mark) ? new ExactNumber(each.slice(mark.length)) : each);
}

function isRounded(token: string): boolean {
  return !token.startsWith('"') && canonicalDecimal(token) !== canonicalDecimal(String(Number(token)));
}

import { randomUUID } from 'node:crypto';
import { canonicalDecimal, ExactNumber } from '../../shared/decimal';

/** The texts and numbers of a JSON text; a text is matched so that a number inside it is not. */
const TOKEN = /"(?:[^"\\]|\\[^])*"|-?\d[\d.eE+-]*/g;

/** A string of a JSON text, with the colon that follows it where it is a key, or the brace that begins or ends an object. */
const KEY_OR_BRACE = /("(?:[^"\\]|\\[^])*")(\s*:)?|[{}]/g;

/**
 * The first key that an object of a JSON text has twice; undefined if every object has each of its keys once. JSON parsers disagree about which of the
 * values counts.
 */
export function duplicateKey(json: string): string | undefined {
  const objects: Set<string>[] = [];
  for (const [token, string, colon] of json.matchAll(KEY_OR_BRACE)) {
    if (token === '{') {
      objects.push(new Set());
    } else if (token === '}') {
      objects.pop();
    } else if (colon !== undefined) {
      const key = JSON.parse(string) as string;
      const keys = objects.at(-1)!;
      if (keys.has(key)) {
        return key;
      }
      keys.add(key);
    }
  }
  return undefined;
}

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

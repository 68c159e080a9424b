import { randomUUID } from 'node:crypto';
import { canonicalDecimal, ExactNumber } from '../../shared/decimal';

/** The strings and numbers of JSON. Strings are matched so that numbers inside them aren't. */
const TOKEN = /"(?:[^"\\]|\\[^])*"|-?\d[\d.eE+-]*/g;

/** A string of JSON with the colon that follows a key, or a brace. */
const KEY_OR_BRACE = /("(?:[^"\\]|\\[^])*")(\s*:)?|[{}]/g;

/** Returns the first duplicate key in an object, or undefined. JSON parsers disagree about which value of a duplicate key is valid. */
export function findDuplicateKey(json: string): string | undefined {
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
 * Parses JSON. Returns an ExactNumber for a number that JavaScript would round, such as 9007199254740993. Throws SyntaxError if the JSON is invalid.
 */
export function parseExactly(json: string): unknown {
  const value: unknown = JSON.parse(json);
  if (!(json.match(TOKEN) ?? []).some(isRounded)) {
    return value;
  }
  // A random UUID, so that no client string starts with it.
  const mark = randomUUID();
  const marked = json.replace(TOKEN, (token) => isRounded(token) ? JSON.stringify(mark + token) : token);
  return JSON.parse(marked, (_, each: unknown) => typeof each === 'string' && each.startsWith(mark) ? new ExactNumber(each.slice(mark.length)) : each);
}

function isRounded(token: string): boolean {
  return !token.startsWith('"') && canonicalDecimal(token) !== canonicalDecimal(String(Number(token)));
}

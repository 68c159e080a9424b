import type { SqlToken } from './shared/sql-scanner';

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/**
 * The word that makes a statement something else than a read; undefined for a read. Reads are SELECT and WITH … SELECT that neither store their
 * rows (INTO) nor have a part that changes data, SHOW, and EXPLAIN of a read. A function that a SELECT calls is not looked into.
 *
 * @param tokens of one statement, without comments
 */
export function writingWord(tokens: readonly SqlToken[]): SqlToken | undefined {
  const verb = tokens.findIndex(({ text }) => text !== '(');
  switch (wordOf(tokens[verb])) {
    case 'SHOW': return undefined;
    case 'EXPLAIN': return writingWord(explained(tokens.slice(verb + 1)));
    case 'SELECT': return writingPart(tokens);
    case 'WITH': return notSelect(tokens, verb) ?? writingPart(tokens);
    default: return tokens[verb];
  }
}

/** What EXPLAIN explains, without its options. */
function explained(tokens: readonly SqlToken[]): readonly SqlToken[] {
  return tokens.slice(tokens.findIndex((token) => !['VERBOSE', 'ANALYZE'].includes(wordOf(token))));
}

/** The verb after the common table expressions of a WITH, unless it is SELECT: the first word outside parentheses after one, but for AS. */
function notSelect(tokens: readonly SqlToken[], start: number): SqlToken | undefined {
  let depth = 0;
  for (let index = start + 1; index < tokens.length; index += 1) {
    depth += depthChange(tokens[index]);
    const previous = tokens[index - 1];
    if (previous.text === ')' && depth === (tokens[index].text === '(' ? 1 : 0) && ![',', ')'].includes(tokens[index].text) && wordOf(tokens[index]) !== 'AS') {
      const verb = tokens.slice(index).find(({ text }) => text !== '(');
      return wordOf(verb) === 'SELECT' ? undefined : verb;
    }
  }
  return tokens[start];
}

/** The first word that stores rows, or begins a part in parentheses that changes data; a column may have the name of such a word. */
function writingPart(tokens: readonly SqlToken[]): SqlToken | undefined {
  return tokens.find((token, index) => {
    const previous = tokens[index - 1];
    const next = tokens[index + 1];
    const word = wordOf(token);
    return (word === 'INTO' && previous?.text !== '.')
      || (WRITES.has(word) && previous?.text === '(' && (next?.kind === 'word' || next?.kind === 'identifier'));
  });
}

function depthChange({ text }: SqlToken): number {
  return Number(text === '(') - Number(text === ')');
}

/** A word in upper case; empty for anything else. */
function wordOf(token: SqlToken | undefined): string {
  return token?.kind === 'word' ? token.text.toUpperCase() : '';
}

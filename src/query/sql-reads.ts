import type { SqlProblem } from './sql-location';
import type { SqlToken } from '../shared/sql-scanner';

/** What begins a statement that is not a read. */
const STATEMENTS = new Set([
  'ABORT', 'ALTER', 'ANALYSE', 'ANALYZE', 'ATTACH', 'BEGIN', 'CALL', 'CANCEL', 'CLOSE', 'COMMENT', 'COMMIT', 'COPY', 'CREATE', 'DEALLOCATE',
  'DECLARE', 'DELETE', 'DETACH', 'DROP', 'END', 'EXECUTE', 'FETCH', 'GRANT', 'INSERT', 'LOCK', 'MERGE', 'PREPARE', 'REFRESH', 'RESET', 'REVOKE',
  'ROLLBACK', 'SET', 'START', 'TRUNCATE', 'UNLOAD', 'UPDATE', 'USE', 'VACUUM',
]);

/** Functions with FROM between their arguments. */
const FUNCTIONS_WITH_FROM = new Set(['EXTRACT', 'OVERLAY', 'SUBSTRING', 'TRIM']);

/**
 * Why a statement is not a read; undefined for a read.
 *
 * @param tokens of one statement, without comments
 */
export function readProblem(tokens: readonly SqlToken[]): SqlProblem | undefined {
  const token = writingWord(tokens);
  if (token === undefined) {
    return undefined;
  }
  const { index } = token;
  const word = wordOf(token);
  if (word === 'WITH' || word === 'EXPLAIN') {
    return { index, message: `no statement follows ${word}: add SELECT …` };
  }
  if (word !== 'INTO' && !STATEMENTS.has(word)) {
    return { index, message: `${token.value} does not begin a statement: begin with SELECT, WITH, SHOW or EXPLAIN` };
  }
  const message = `${word} makes the statement something else than a read: set allowWrites to true if every client that may connect may run it`;
  return { index, message };
}

/**
 * The word that makes a statement something else than a read; undefined for a read. Reads are SELECT and WITH … SELECT that neither store their
 * rows (INTO) nor have a part that changes data, SHOW, and EXPLAIN of a read. A function that a SELECT calls is not looked into.
 */
function writingWord(tokens: readonly SqlToken[]): SqlToken | undefined {
  const verb = tokens.findIndex(({ value }) => value !== '(');
  switch (wordOf(tokens[verb])) {
    case 'SHOW': return undefined;
    case 'EXPLAIN': return verb + 1 < tokens.length ? writingWord(explained(tokens.slice(verb))) : tokens[verb];
    case 'SELECT': return writingPart(tokens);
    case 'WITH': return notSelect(tokens, verb) ?? writingPart(tokens);
    default: return tokens[verb] ?? tokens[tokens.length - 1];
  }
}

/** What EXPLAIN explains, without its options. */
function explained(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const start = tokens.findIndex((token) => !['EXPLAIN', 'VERBOSE', 'ANALYZE'].includes(wordOf(token)));
  return start < 0 ? tokens.slice(0, 1) : tokens.slice(start);
}

/** The verb after the common table expressions of a WITH, unless it is SELECT: the first word outside parentheses after one, but for AS. */
function notSelect(tokens: readonly SqlToken[], start: number): SqlToken | undefined {
  let depth = 0;
  for (let index = start + 1; index < tokens.length; index += 1) {
    depth += depthChange(tokens[index]);
    const previous = tokens[index - 1];
    if (previous.value === ')' && depth === (tokens[index].value === '(' ? 1 : 0) && ![',', ')'].includes(tokens[index].value) && wordOf(tokens[index]) !== 'AS') {
      const verb = tokens.slice(index).find(({ value }) => value !== '(');
      return wordOf(verb) === 'SELECT' ? undefined : verb;
    }
  }
  return tokens[start];
}

/** The first word that stores rows, or begins a part in parentheses that changes data. */
function writingPart(tokens: readonly SqlToken[]): SqlToken | undefined {
  return tokens.find((token, index) => {
    const previous = tokens[index - 1];
    const isName = previous?.value === '.' || wordOf(previous) === 'AS';
    return (wordOf(token) === 'INTO' && !isName) || (previous?.value === '(' && changesData(tokens, index));
  });
}

/** Whether a part in parentheses begins with a verb that changes data. Redshift reserves none of these verbs: a column can have such a name. */
function changesData(tokens: readonly SqlToken[], start: number): boolean {
  const next = wordOf(tokens[start + 1]);
  switch (wordOf(tokens[start])) {
    case 'INSERT':
    case 'MERGE': return next === 'INTO';
    case 'DELETE': return next === 'FROM' && !FUNCTIONS_WITH_FROM.has(wordOf(tokens[start - 2]));
    case 'UPDATE': return isUpdate(tokens.slice(start + 1));
    default: return false;
  }
}

/** Whether the name of a table, and SET, follow. */
function isUpdate(tokens: readonly SqlToken[]): boolean {
  const end = tokens.find((token) => wordOf(token) === 'SET' || !(token.kind === 'word' || token.kind === 'identifier' || token.value === '.'));
  return wordOf(end) === 'SET';
}

function depthChange({ value }: SqlToken): number {
  return Number(value === '(') - Number(value === ')');
}

/** A word in upper case; empty for anything else. */
function wordOf(token: SqlToken | undefined): string {
  return token?.kind === 'word' ? token.value.toUpperCase() : '';
}

import type { SqlToken } from '../shared/sql-scanner';

/** Words of types before which a literal may stand, as in DATE '2015-01-31'. */
const TYPES = new Set([
  'DATE', 'TIME', 'TIMETZ', 'TIMESTAMP', 'TIMESTAMPTZ', 'INTERVAL', 'CHAR', 'CHARACTER', 'BPCHAR', 'NCHAR', 'VARCHAR', 'NVARCHAR', 'TEXT', 'BOOL',
  'BOOLEAN', 'SMALLINT', 'INT', 'INTEGER', 'BIGINT', 'INT2', 'INT4', 'INT8', 'DECIMAL', 'NUMERIC', 'REAL', 'FLOAT', 'FLOAT4', 'FLOAT8', 'PRECISION',
  'VARBYTE', 'SUPER',
]);

/** Words before a name of a table, a column, a function or a type. FROM is a case of its own: `EXTRACT(year FROM :day)` has a value there. */
const BEFORE_NAMES = new Set(['JOIN', 'INTO', 'TABLE', 'VIEW', 'UPDATE', 'CALL', 'USING', 'SET', 'AS', 'OVER', 'COLLATE']);

/** Words that begin a part of a query, of which the list after FROM has names only. */
const CLAUSES = new Set([
  'SELECT', 'FROM', 'WHERE', 'BY', 'HAVING', 'QUALIFY', 'LIMIT', 'OFFSET', 'ON', 'USING', 'VALUES', 'SET', 'UNION', 'INTERSECT', 'EXCEPT', 'MINUS',
]);

/** Statements in which FROM, AS and IS come before strings. */
const WITH_STRINGS = new Set(['COPY', 'UNLOAD', 'COMMENT']);

const NAME = 'stands for a name here: Redshift binds values only, so write the name out, and a query for each name';

/** Why no value can stand at a place, as the rest of a sentence that begins with the placeholder; undefined where a value can stand. */
export function valuePlaceProblem(tokens: readonly SqlToken[], place: number): string | undefined {
  const { value } = tokens[place];
  if (WITH_STRINGS.has(wordOf(tokens[0]))) {
    return undefined;
  }
  const [second, before] = [tokens[place - 2], tokens[place - 1]];
  const word = wordOf(before);
  const type = typeBefore(tokens, place);
  if (type !== undefined) {
    return `is not a literal, which ${type} needs: write ${castTo(type, value)}`;
  }
  if (isName(tokens, place)) {
    return NAME;
  }
  if (word === 'IN') {
    return `needs parentheses: write IN (${value})`;
  }
  if (word === 'IS' || (word === 'NOT' && wordOf(second) === 'IS')) {
    return `is a value, and IS takes NULL, TRUE and FALSE only: write ${word === 'IS' ? '=' : '<>'} ${value}`;
  }
  if (isOperand(tokens, place - 1)) {
    return `follows ${before.value} without an operator: Redshift binds values only, so write a word such as DESC out, `
      + `or an operator or a comma before ${value}`;
  }
  return undefined;
}

/** CAST, or what has the same effect. */
export function castTo(type: string, placeholder: string): string {
  return type === 'INTERVAL'
    ? `DATEADD(day, CAST(${placeholder} AS INTEGER), …), or CAST(${placeholder} AS INTERVAL DAY TO SECOND)`
    : `CAST(${placeholder} AS ${type})`;
}

/** The type directly before a place. */
export function typeBefore(tokens: readonly SqlToken[], place: number): string | undefined {
  const [third, second, first] = [place - 3, place - 2, place - 1].map((each) => wordOf(tokens[each]));
  if (first === 'ZONE' && second === 'TIME' && (third === 'WITH' || third === 'WITHOUT')) {
    const type = wordOf(tokens[place - 4]);
    return TYPES.has(type) ? `${type} ${third} TIME ZONE` : undefined;
  }
  return TYPES.has(first) && tokens[place - 2]?.value !== '.' ? first : undefined;
}

function isName(tokens: readonly SqlToken[], place: number): boolean {
  const before = tokens[place - 1];
  const after = tokens[place + 1];
  const parenthesis = enclosingParenthesis(tokens, place);
  return before?.value === '.' || after?.value === '.' || before?.value === '::' || after?.value === '('
    || BEFORE_NAMES.has(wordOf(before))
    || isTable(tokens, place)
    || (wordOf(tokens[parenthesis - 1]) === 'USING' && before?.value === '(')
    || (wordOf(tokens[parenthesis - 1]) === 'EXTRACT' && wordOf(after) === 'FROM')
    || (TYPES.has(wordOf(tokens[parenthesis - 1])) && (tokens[parenthesis - 2]?.value === '::' || wordOf(tokens[parenthesis - 2]) === 'AS'));
}

/** Whether a place is after FROM or JOIN of a query, in parentheses or after a comma too. */
function isTable(tokens: readonly SqlToken[], place: number): boolean {
  let start = place - 1;
  while (tokens[start]?.value === '(') {
    start -= 1;
  }
  if (tokens[start]?.value === ',' && start === place - 1) {
    start = clauseOf(tokens, place);
  }
  return wordOf(tokens[start]) === 'JOIN' || (wordOf(tokens[start]) === 'FROM' && isQueryFrom(tokens, start));
}

/** FROM also stands in IS DISTINCT FROM and between the arguments of functions. */
function isQueryFrom(tokens: readonly SqlToken[], place: number): boolean {
  const isComparison = wordOf(tokens[place - 1]) === 'DISTINCT' && ['IS', 'NOT'].includes(wordOf(tokens[place - 2]));
  const parenthesis = enclosingParenthesis(tokens, place);
  return !isComparison && (parenthesis < 0 || ['SELECT', 'WITH', 'DELETE', '('].includes(wordOf(tokens[parenthesis + 1]) || tokens[parenthesis + 1].value));
}

/** The last keyword before a position, in the same parentheses, that begins a clause of a query. */
function clauseOf(tokens: readonly SqlToken[], place: number): number {
  const parenthesis = enclosingParenthesis(tokens, place);
  for (let index = place - 1, depth = 0; index > parenthesis; index -= 1) {
    depth += Number(tokens[index].value === ')') - Number(tokens[index].value === '(');
    if (depth === 0 && CLAUSES.has(wordOf(tokens[index])) && tokens[index - 1]?.value !== '.') {
      return index;
    }
  }
  return -1;
}

/** The parenthesis around a place, or -1. */
function enclosingParenthesis(tokens: readonly SqlToken[], place: number): number {
  for (let index = place - 1, depth = 0; index >= 0; index -= 1) {
    if (tokens[index].value === '(' && depth === 0) {
      return index;
    }
    depth += Number(tokens[index].value === ')') - Number(tokens[index].value === '(');
  }
  return -1;
}

/** Whether a token is a whole operand, or its end; a word may be one of SQL, and counts only where it must be the name of a column. */
function isOperand(tokens: readonly SqlToken[], place: number): boolean {
  const token = tokens[place];
  const before = tokens[place - 1];
  if (token === undefined || wordOf(before) === 'TOP') {
    return false;
  }
  if (token.kind === 'word') {
    return before?.value === '.' || (wordOf(before) === 'BY' && !['NOT', 'CASE', 'ALL', 'DISTINCT'].includes(wordOf(token)));
  }
  return ['string', 'identifier', 'placeholder'].includes(token.kind) || /^\d/.test(token.value);
}

/** A word in upper case; empty for anything else. */
function wordOf(token: SqlToken | undefined): string {
  return token?.kind === 'word' ? token.value.toUpperCase() : '';
}

import { SqlError } from '../sql-engine';
import {
  closingParenthesis, isSymbol, isWord, nextSignificant, previousSignificant, splitAtCommas, SqlToken, tokenize, trimSpace,
} from '../sql-tokens';
import { COUNTABLE_PARTS, datePart } from './date-parts';
import { DIALECT_SCHEMA } from './schema';

type Rewrite = (name: string, argumentTokens: SqlToken[][]) => SqlToken[];

const REWRITES: Record<string, Rewrite> = {
  datediff: (name, [part, ...dates]) => {
    expectArguments(name, dates, 2);
    return call(`datediff_${datePart(part, name, COUNTABLE_PARTS)}`, dates.map(asTimestamp));
  },
  dateadd: (name, [part, amount, date, ...rest]) => {
    expectArguments(name, [amount, date, ...rest].filter(Boolean), 2);
    return call(`dateadd_${datePart(part, name, COUNTABLE_PARTS)}`, [amount, asTimestamp(date)]);
  },
  date_part: (name, [part, ...dates]) => {
    expectArguments(name, dates, 1);
    return [...raw(`pg_catalog.date_part('${datePart(part, name)}', `), ...asTimestamp(dates[0]), ...raw(')')];
  },
  nvl: coalesce,
  isnull: coalesce,
  convert: (name, values) => {
    expectArguments(name, values, 2);
    return [...raw('CAST('), ...values[1], ...raw(' AS '), ...values[0], ...raw(')')];
  },
  nvl2: (name, values) => {
    expectArguments(name, values, 3);
    const [tested, present, absent] = values;
    return [...raw('CASE WHEN ('), ...tested, ...raw(') IS NOT NULL THEN '), ...present, ...raw(' ELSE '), ...absent, ...raw(' END')];
  },
  decode,
};

function raw(sql: string): SqlToken[] {
  return [{ kind: 'raw', sql }];
}

function join(parts: SqlToken[][]): SqlToken[] {
  return parts.flatMap((part, index) => (index === 0 ? part : [...raw(','), ...part]));
}

function call(name: string, argumentTokens: SqlToken[][]): SqlToken[] {
  return [...raw(`${DIALECT_SCHEMA}.${name}(`), ...join(argumentTokens), ...raw(')')];
}

function coalesce(_name: string, values: SqlToken[][]): SqlToken[] {
  return [...raw('COALESCE('), ...join(values), ...raw(')')];
}

/** PostgreSQL treats a literal or parameter as TIMESTAMPTZ. */
function asTimestamp(argument: SqlToken[]): SqlToken[] {
  const [token, ...rest] = trimSpace(argument);
  if (rest.length > 0 || (token?.kind !== 'string' && token?.kind !== 'parameter')) return argument;
  return [...raw('CAST('), token, ...raw(' AS TIMESTAMP)')];
}

function expectArguments(name: string, values: readonly unknown[], count: number): void {
  if (values.length !== count) throw new SqlError(`the function ${name.toUpperCase()} does not take this number of arguments`, '42883');
}

/** In DECODE, NULL equals NULL; in CASE, it doesn't. */
function decode(name: string, values: SqlToken[][]): SqlToken[] {
  const [tested, ...rest] = values;
  if (rest.length < 2) expectArguments(name, [], 1);
  const expression = raw('CASE');
  for (let index = 0; index + 1 < rest.length; index += 2) {
    expression.push(...raw(' WHEN ('), ...tested, ...raw(') IS NOT DISTINCT FROM ('), ...rest[index], ...raw(') THEN '), ...rest[index + 1]);
  }
  if (rest.length % 2 === 1) expression.push(...raw(' ELSE '), ...rest[rest.length - 1]);
  return [...expression, ...raw(' END')];
}

/** Rewrites functions that can't be defined in PostgreSQL because of date parts without quotes or arguments of any type. */
export function rewriteFunctions(tokens: readonly SqlToken[]): SqlToken[] {
  const rewritten: SqlToken[] = [];
  let position = 0;
  while (position < tokens.length) {
    const [replacement, next] = rewriteAt(tokens, position);
    rewritten.push(...replacement);
    position = next;
  }
  return rewritten;
}

function rewriteAt(tokens: readonly SqlToken[], position: number): [SqlToken[], number] {
  const token = tokens[position];
  const before = tokens[previousSignificant(tokens, position)];
  if (token.kind !== 'word' || isSymbol(before, '.')) return [[token], position + 1];
  const name = token.sql.toLowerCase();
  const open = nextSignificant(tokens, position + 1);
  if (name === 'minus' && (isWord(tokens[open], 'select', 'all', 'with') || isSymbol(tokens[open], '('))) return [raw('EXCEPT'), position + 1];
  if (!isSymbol(tokens[open], '(')) {
    const isValue = name === 'sysdate' && !isWord(before, 'as') && !isSymbol(tokens[open], '.');
    return [isValue ? raw(`${DIALECT_SCHEMA}.sysdate()`) : [token], position + 1];
  }
  const close = closingParenthesis(tokens, open);
  const inside = tokens.slice(open + 1, close);
  if (Object.hasOwn(REWRITES, name)) {
    return [REWRITES[name](name, splitAtCommas(inside).map(rewriteFunctions)), close + 1];
  }
  if (name === 'extract') return [extract(inside) ?? [token], close + 1];
  if (name === 'listagg') return listAggregate(tokens, inside, close);
  if ((name === 'varchar' || name === 'nvarchar') && isWord(trimSpace(inside)[0], 'max')) return [raw('VARCHAR(65535)'), close + 1];
  return [[name === 'nvarchar' ? raw('VARCHAR')[0] : token], position + 1];
}

/** In Redshift, EXTRACT returns an integer. */
function extract(inside: readonly SqlToken[]): SqlToken[] {
  const from = inside.findIndex((token) => isWord(token, 'from'));
  if (from < 0) throw new SqlError('syntax error in EXTRACT: FROM is missing', '42601');
  const part = datePart(inside.slice(0, from), 'extract');
  return call(`extract_${part}`, [asTimestamp(rewriteFunctions(trimSpace(inside.slice(from + 1))))]);
}

function listAggregate(tokens: readonly SqlToken[], inside: readonly SqlToken[], close: number): [SqlToken[], number] {
  const [value, delimiter = tokenize("''")] = splitAtCommas(inside).map(rewriteFunctions);
  const isDistinct = isWord(trimSpace(value)[0], 'distinct');
  // With DISTINCT, the expression must be the same as in ORDER BY.
  const aggregated = isDistinct ? value : [...raw('CAST('), ...value, ...raw(' AS VARCHAR)')];
  const within = nextSignificant(tokens, close + 1);
  if (!isWord(tokens[within], 'within')) {
    checkNoWindow(tokens, close);
    return [[...raw('string_agg('), ...join([aggregated, delimiter]), ...raw(')')], close + 1];
  }
  const open = nextSignificant(tokens, nextSignificant(tokens, within + 1) + 1);
  if (!isSymbol(tokens[open], '(')) throw new SqlError('syntax error in LISTAGG: WITHIN GROUP must be followed by (ORDER BY …)', '42601');
  const end = closingParenthesis(tokens, open);
  checkNoWindow(tokens, end);
  const order = rewriteFunctions(tokens.slice(open + 1, end));
  return [[...raw('string_agg('), ...join([aggregated, delimiter]), ...raw(' '), ...order, ...raw(')')], end + 1];
}

function checkNoWindow(tokens: readonly SqlToken[], end: number): void {
  if (isWord(tokens[nextSignificant(tokens, end + 1)], 'over')) {
    throw new SqlError('LISTAGG as a window function is not supported by the local database', '0A000');
  }
}

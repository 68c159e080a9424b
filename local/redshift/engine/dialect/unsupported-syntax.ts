import { SqlError } from '../sql-engine';
import { isSymbol, isWord, nextSignificant, previousSignificant, SqlToken } from '../sql-tokens';

const STATEMENTS: Record<string, string> = {
  unload: 'UNLOAD',
  copy: 'COPY',
  begin: 'BEGIN (a transaction needs a session)',
  start: 'START TRANSACTION (a transaction needs a session)',
  commit: 'COMMIT (a transaction needs a session)',
  end: 'END (a transaction needs a session)',
  rollback: 'ROLLBACK (a transaction needs a session)',
  abort: 'ABORT (a transaction needs a session)',
  savepoint: 'SAVEPOINT (a transaction needs a session)',
  release: 'RELEASE (a transaction needs a session)',
  prepare: 'PREPARE (a prepared statement needs a session)',
  execute: 'EXECUTE (a prepared statement needs a session)',
  deallocate: 'DEALLOCATE (a prepared statement needs a session)',
  declare: 'DECLARE (a cursor needs a session)',
  fetch: 'FETCH (a cursor needs a session)',
  listen: 'LISTEN',
  notify: 'NOTIFY',
  do: 'DO',
  load: 'LOAD',
};

const OBJECTS = ['external', 'model', 'datashare', 'library', 'masking', 'rls'];
/** Redshift functions that PostgreSQL doesn't have, or that work differently. */
const FUNCTIONS = [
  'approximate', 'array_concat', 'array_flatten', 'bpcharcmp', 'can_json_parse', 'checksum', 'crc32', 'current_namespace', 'date_cmp',
  'date_cmp_timestamp', 'date_cmp_timestamptz', 'date_part_year', 'dexp', 'difference', 'dlog1', 'dlog10', 'farmfingerprint64', 'fnv_hash', 'from_hex', 'from_varbyte',
  'func_sha1', 'get_array_length', 'h3_fromlonglat', 'hll', 'hll_cardinality', 'hll_create_sketch', 'interval_cmp', 'is_valid_json', 'is_valid_json_array',
  'json_extract_array_element_text', 'json_parse', 'json_serialize', 'median', 'murmur3_32_hash', 'next_day', 'object', 'object_transform',
  'ratio_to_report', 'replicate', 'sha', 'sha1', 'sha2', 'soundex', 'split_to_array', 'subarray', 'text_to_int_alt', 'text_to_numeric_alt',
  'textlen', 'timestamp_cmp', 'timestamp_cmp_date', 'timestamp_cmp_timestamptz', 'timestamptz_cmp', 'to_varbyte', 'try_cast',
];
const TYPES = ['super', 'hllsketch', 'geometry', 'geography', 'varbyte', 'varbinary'];

function throwUnsupported(feature: string): never {
  throw new SqlError(`${feature} is not supported by the local database`, '0A000');
}

/** Throws if a statement uses syntax of Redshift that the local database doesn't support. */
export function checkSupported(tokens: readonly SqlToken[]): void {
  const first = nextSignificant(tokens, 0);
  const head = tokens[first];
  if (head?.kind === 'word' && Object.hasOwn(STATEMENTS, head.sql.toLowerCase())) throwUnsupported(STATEMENTS[head.sql.toLowerCase()]);
  if (isWord(head, 'create', 'alter', 'drop')) {
    const object = tokens[nextSignificant(tokens, first + 1)];
    if (isWord(object, ...OBJECTS)) throwUnsupported(`${head.sql} ${object.sql}`.toUpperCase());
  }
  tokens.forEach((token, position) => {
    if (token.kind === 'word') checkWord(tokens, position);
  });
}

function checkWord(tokens: readonly SqlToken[], position: number): void {
  const token = tokens[position];
  const before = tokens[previousSignificant(tokens, position)];
  const after = tokens[nextSignificant(tokens, position + 1)];
  if (isSymbol(before, '.')) return;
  if (isWord(token, ...FUNCTIONS) && isSymbol(after, '(')) throwUnsupported(`the function ${token.sql.toUpperCase()}`);
  if (isWord(token, ...TYPES) && (isSymbol(before, '::') || (isWord(before, 'as') && isSymbol(after, ')')))) {
    throwUnsupported(`the type ${token.sql.toUpperCase()}`);
  }
  if (isWord(token, 'top') && isWord(before, 'select', 'distinct') && (after?.kind === 'number' || after?.kind === 'parameter')) {
    throwUnsupported('TOP (write LIMIT)');
  }
  const beginsCondition = (after?.kind === 'word' && !isWord(after, 'from', 'as')) || isSymbol(after, '(');
  if (isWord(token, 'qualify') && beginsCondition && !isWord(before, 'as')) throwUnsupported('QUALIFY');
  if (isWord(token, 'pivot', 'unpivot') && isSymbol(after, '(')) throwUnsupported(token.sql.toUpperCase());
  if (isWord(token, 'exclude') && isStar(tokens, previousSignificant(tokens, position))) throwUnsupported('* EXCLUDE (name the columns)');
  if (isWord(token, 'all') && isWord(before, 'by')) throwUnsupported('GROUP BY ALL (name the columns)');
  if (isWord(token, 'connect') && isWord(after, 'by')) throwUnsupported('CONNECT BY');
  if (isWord(token, 'ignore', 'respect') && isWord(after, 'nulls')) throwUnsupported(`${token.sql.toUpperCase()} NULLS`);
  if (isWord(token, 'approximate') && isWord(after, 'count', 'percentile_disc')) throwUnsupported('APPROXIMATE');
}

/** Whether an asterisk means all columns, not a multiplication. */
function isStar(tokens: readonly SqlToken[], position: number): boolean {
  const before = tokens[previousSignificant(tokens, position)];
  return isSymbol(tokens[position], '*') && (isWord(before, 'select', 'distinct', 'all') || isSymbol(before, ',') || isSymbol(before, '.'));
}

/** Throws if the local database doesn't support the type of a column. */
export function checkColumnType(column: readonly SqlToken[]): void {
  const type = column[nextSignificant(column, nextSignificant(column, 0) + 1)];
  if (isWord(type, ...TYPES)) throwUnsupported(`the type ${type.sql.toUpperCase()}`);
}

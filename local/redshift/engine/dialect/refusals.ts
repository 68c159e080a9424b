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

const CREATED = ['external', 'model', 'datashare', 'library', 'masking', 'rls'];
const FUNCTIONS = ['json_parse', 'json_serialize', 'can_json_parse', 'median', 'ratio_to_report', 'object_transform', 'hll', 'hll_create_sketch'];
const TYPES = ['super', 'hllsketch', 'geometry', 'geography', 'varbyte', 'varbinary'];

function refuse(what: string): never {
  throw new SqlError(`${what} is not supported by the local database`, '0A000');
}

/** Refuses, by name, what Redshift has and the local database has not. */
export function refuseUnsupported(tokens: readonly SqlToken[]): void {
  const first = nextSignificant(tokens, 0);
  const head = tokens[first];
  if (head?.kind === 'word' && Object.hasOwn(STATEMENTS, head.text.toLowerCase())) refuse(STATEMENTS[head.text.toLowerCase()]);
  if (isWord(head, 'create', 'alter', 'drop')) {
    const object = tokens[nextSignificant(tokens, first + 1)];
    if (isWord(object, ...CREATED)) refuse(`${head.text} ${object.text}`.toUpperCase());
  }
  tokens.forEach((token, position) => {
    if (token.kind === 'word') refuseWord(tokens, position);
  });
}

function refuseWord(tokens: readonly SqlToken[], position: number): void {
  const token = tokens[position];
  const before = tokens[previousSignificant(tokens, position)];
  const after = tokens[nextSignificant(tokens, position + 1)];
  if (isSymbol(before, '.')) return;
  if (isWord(token, ...FUNCTIONS) && isSymbol(after, '(')) refuse(`the function ${token.text.toUpperCase()}`);
  if (isWord(token, ...TYPES) && (isSymbol(before, '::') || (isWord(before, 'as') && isSymbol(after, ')')))) {
    refuse(`the type ${token.text.toUpperCase()}`);
  }
  if (isWord(token, 'top') && isWord(before, 'select', 'distinct') && (after?.kind === 'number' || after?.kind === 'parameter')) {
    refuse('TOP (write LIMIT)');
  }
  const beginsCondition = (after?.kind === 'word' && !isWord(after, 'from', 'as')) || isSymbol(after, '(');
  if (isWord(token, 'qualify') && beginsCondition && !isWord(before, 'as')) refuse('QUALIFY');
  if (isWord(token, 'pivot', 'unpivot') && isSymbol(after, '(')) refuse(token.text.toUpperCase());
  if (isWord(token, 'approximate') && isWord(after, 'count', 'percentile_disc')) refuse('APPROXIMATE');
}

/** Refuses a column of a type that the local database has not. */
export function refuseColumnType(column: readonly SqlToken[]): void {
  const type = column[nextSignificant(column, nextSignificant(column, 0) + 1)];
  if (isWord(type, ...TYPES)) refuse(`the type ${type.text.toUpperCase()}`);
}

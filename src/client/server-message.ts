import { MAX_NAME_LENGTH } from '../protocol/messages';
import type { Column, ConnectionBounds, QueryBounds, Timing, WireValue } from '../protocol/messages';

/** What a server says, checked as far as this library relies on it. */
export type ReadMessage =
  | ReadAccepted
  | { readonly type: 'progress'; readonly result: string; readonly state: string; readonly elapsedMs: number }
  | ReadRows
  | ReadPacked
  | ReadComplete
  | ReadError
  | { readonly type: 'bye'; readonly result?: undefined; readonly reason: string; readonly retryable: boolean }
  | { readonly type: 'pong'; readonly result?: undefined; readonly limits?: ConnectionBounds }
  /** API Gateway answers by itself, in words of its own, when it could not run the function for one of this client's messages. */
  | { readonly type: 'gateway'; readonly result?: undefined; readonly message: string }
  /** A message of a known type that is not as the protocol says, about a query or a result. */
  | Malformed;

export interface ReadAccepted {
  readonly type: 'accepted';
  readonly id: string;
  readonly result: string;
  readonly shared: boolean;
  readonly cached: boolean;
  readonly limits?: QueryBounds;
}

export interface ReadRows {
  readonly type: 'rows';
  readonly result: string;
  readonly seq: number;
  readonly offset: number;
  readonly columns?: readonly Column[];
  readonly rows: readonly (readonly WireValue[])[];
}

/** Some `rows` messages that follow each other, compressed. */
export interface ReadPacked {
  readonly type: 'packed';
  readonly result: string;
  readonly seq: number;
  readonly messages: number;
  readonly data: string;
}

export interface ReadComplete {
  readonly type: 'complete';
  readonly id: string;
  readonly result: string;
  readonly messages: number;
  readonly rows: number;
  readonly bytes: number;
  readonly truncated: boolean;
  readonly timing: Timing;
}

export interface ReadError {
  readonly type: 'error';
  readonly id?: string;
  readonly result?: string;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly limit?: number;
}

export interface Malformed {
  readonly type: 'malformed';
  readonly id?: string;
  readonly result?: string;
}

type Fields = Record<string, unknown>;

const READERS: Readonly<Record<string, (fields: Fields) => ReadMessage | undefined>> = {
  accepted: readAccepted,
  progress: readProgress,
  rows: readRowsOrPacked,
  complete: readComplete,
  error: readError,
  bye: readBye,
  pong: ({ limits }) => ({ type: 'pong', limits: readConnectionBounds(limits) }),
};

/** Reads a message of a server; undefined for what a client ignores. */
export function readServerMessage(data: unknown): ReadMessage | undefined {
  const fields = parseObject(data);
  return fields === undefined ? undefined : readFields(fields);
}

export function readFields(fields: Fields): ReadMessage | undefined {
  const { type, message, requestId } = fields;
  if (typeof type !== 'string') {
    return isText(message) && isText(requestId) ? { type: 'gateway', message } : undefined;
  }
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  // Progress is a hint: nothing depends on it.
  return read && (read(fields) ?? (type === 'progress' ? undefined : malformed(fields)));
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(data: unknown): Fields | undefined {
  try {
    const value: unknown = typeof data === 'string' ? JSON.parse(data) : undefined;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function malformed({ id, result }: Fields): Malformed {
  return { type: 'malformed', id: optionalText(id), result: optionalText(result) };
}

function readAccepted({ id, result, shared, cached, limits }: Fields): ReadMessage | undefined {
  return isText(id) && isName(result)
    ? { type: 'accepted', id, result, shared: shared === true, cached: cached === true, limits: readQueryBounds(limits) }
    : undefined;
}

/** Bounds are for people to see: nothing depends on them, and what is none is left out. */
function readQueryBounds(limits: unknown): QueryBounds | undefined {
  return hasCounts(limits, ['timeLimitMs'], ['rows', 'bytes']) ? limits as unknown as QueryBounds : undefined;
}

function readConnectionBounds(limits: unknown): ConnectionBounds | undefined {
  const required = ['messageBytes', 'queriesPerConnection', 'messagesPerSecond', 'burst'];
  return hasCounts(limits, required, ['queriesPerCaller']) ? limits as unknown as ConnectionBounds : undefined;
}

function hasCounts(value: unknown, required: readonly string[], optional: readonly string[]): value is Fields {
  const isCounted = (name: string): boolean => isCount((value as Fields)[name]);
  return isObject(value) && required.every(isCounted) && optional.every((name) => value[name] === undefined || isCounted(name));
}

function readProgress({ result, state, elapsedMs }: Fields): ReadMessage | undefined {
  return isText(result) && isText(state) && typeof elapsedMs === 'number' ? { type: 'progress', result, state, elapsedMs } : undefined;
}

function readRowsOrPacked(fields: Fields): ReadMessage | undefined {
  const { result, seq, encoding, messages, data } = fields;
  if (!isText(result) || !isCount(seq)) {
    return undefined;
  }
  if (encoding === undefined) {
    return readRows(fields, result, seq);
  }
  return encoding === 'gzip' && isCount(messages) && isText(data) ? { type: 'packed', result, seq, messages, data } : undefined;
}

function readRows({ offset, columns, rows }: Fields, result: string, seq: number): ReadRows | undefined {
  const hasColumns = seq === 0 ? isColumns(columns) : true;
  return isCount(offset) && hasColumns && Array.isArray(rows) && rows.every(isRow)
    ? { type: 'rows', result, seq, offset, ...(seq === 0 ? { columns: columns as Column[] } : {}), rows }
    : undefined;
}

function readComplete({ id, result, messages, rows, bytes, truncated, timing }: Fields): ReadMessage | undefined {
  return isText(id) && isName(result) && isCount(messages) && isCount(rows) && isCount(bytes) && isObject(timing)
    ? { type: 'complete', id, result, messages, rows, bytes, truncated: truncated === true, timing: timing as unknown as Timing }
    : undefined;
}

function readError({ id, result, code, message, retryable, limit }: Fields): ReadMessage | undefined {
  if (!isText(code) || !isText(message)) {
    return undefined;
  }
  return {
    type: 'error',
    id: optionalText(id),
    result: optionalText(result),
    code,
    message,
    retryable: retryable === true,
    limit: typeof limit === 'number' ? limit : undefined,
  };
}

function readBye({ reason, retryable }: Fields): ReadMessage {
  return { type: 'bye', reason: optionalText(reason) ?? '', retryable: retryable !== false };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether it names a result, by which the service can be asked to go on. */
function isName(value: unknown): value is string {
  return isText(value) && value !== '' && [...value].length <= MAX_NAME_LENGTH;
}

function optionalText(value: unknown): string | undefined {
  return isText(value) ? value : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isColumns(value: unknown): boolean {
  return Array.isArray(value) && value.every((column) => isObject(column) && isText(column.name) && isText(column.type));
}

function isRow(value: unknown): boolean {
  return Array.isArray(value) && value.every((cell) => cell === null || ['string', 'number', 'boolean'].includes(typeof cell));
}

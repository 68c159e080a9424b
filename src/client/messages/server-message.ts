import { MAX_NAME_LENGTH } from '../../protocol/limits';
import type { Column, ConnectionLimits, QueryLimits, Timing, WireValue } from '../../protocol/messages';

/** A message of the service, with the fields that the client validates. */
export type ReceivedMessage =
  | ReceivedAccepted
  | { readonly type: 'progress'; readonly result: string; readonly state: string; readonly elapsedMs: number }
  | ReceivedRows
  | ReceivedBatch
  | ReceivedComplete
  | ReceivedError
  | { readonly type: 'bye'; readonly result?: undefined; readonly reason: string; readonly retryable: boolean }
  | { readonly type: 'pong'; readonly result?: undefined; readonly limits?: ConnectionLimits }
  /** An error of API Gateway, which could not invoke the function for a message of the client. */
  | { readonly type: 'gateway'; readonly result?: undefined; readonly message: string }
  /** An invalid message of a known type. */
  | MalformedMessage;

export interface ReceivedAccepted {
  readonly type: 'accepted';
  readonly id: string;
  readonly result: string;
  readonly shared: boolean;
  readonly cached: boolean;
  readonly limits?: QueryLimits;
}

export interface ReceivedRows {
  readonly type: 'rows';
  readonly result: string;
  readonly seq: number;
  readonly offset: number;
  readonly columns?: readonly Column[];
  readonly rows: readonly (readonly WireValue[])[];
}

/** Consecutive `rows` messages, compressed. */
export interface ReceivedBatch {
  readonly type: 'batch';
  readonly result: string;
  readonly seq: number;
  readonly messages: number;
  readonly data: string;
}

export interface ReceivedComplete {
  readonly type: 'complete';
  readonly id: string;
  readonly result: string;
  readonly messages: number;
  readonly rows: number;
  readonly bytes: number;
  readonly truncated: boolean;
  readonly timing: Timing;
}

export interface ReceivedError {
  readonly type: 'error';
  readonly id?: string;
  readonly result?: string;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly limit?: number;
}

export interface MalformedMessage {
  readonly type: 'malformed';
  readonly id?: string;
  readonly result?: string;
}

type Fields = Record<string, unknown>;

const READERS: Readonly<Record<string, (fields: Fields) => ReceivedMessage | undefined>> = {
  accepted: readAccepted,
  progress: readProgress,
  rows: readRowsOrBatch,
  complete: readComplete,
  error: readError,
  bye: readBye,
  pong: ({ limits }) => ({ type: 'pong', limits: readConnectionLimits(limits) }),
};

/** Parses a message of the service. Returns undefined for messages that a client ignores. */
export function readServerMessage(data: unknown): ReceivedMessage | undefined {
  const fields = parseObject(data);
  return fields === undefined ? undefined : readMessage(fields);
}

export function readMessage(fields: Fields): ReceivedMessage | undefined {
  const { type, message, requestId } = fields;
  if (typeof type !== 'string') {
    return isString(message) && isString(requestId) ? { type: 'gateway', message } : undefined;
  }
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  // Progress is informational, so an invalid message is ignored.
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

function malformed({ id, result }: Fields): MalformedMessage {
  return { type: 'malformed', id: optionalString(id), result: optionalString(result) };
}

function readAccepted({ id, result, shared, cached, limits }: Fields): ReceivedMessage | undefined {
  return isString(id) && isResultName(result)
    ? { type: 'accepted', id, result, shared: shared === true, cached: cached === true, limits: readQueryLimits(limits) }
    : undefined;
}

/** Limits are informational, so invalid limits are omitted. */
function readQueryLimits(limits: unknown): QueryLimits | undefined {
  return hasCounts(limits, ['timeLimitMs'], ['rows', 'bytes']) ? limits as unknown as QueryLimits : undefined;
}

function readConnectionLimits(limits: unknown): ConnectionLimits | undefined {
  const required = ['messageBytes', 'queriesPerConnection', 'messagesPerSecond', 'burst'];
  return hasCounts(limits, required, ['queriesPerCaller']) ? limits as unknown as ConnectionLimits : undefined;
}

function hasCounts(value: unknown, required: readonly string[], optional: readonly string[]): value is Fields {
  const isCounted = (name: string): boolean => isCount((value as Fields)[name]);
  return isObject(value) && required.every(isCounted) && optional.every((name) => value[name] === undefined || isCounted(name));
}

function readProgress({ result, state, elapsedMs }: Fields): ReceivedMessage | undefined {
  return isString(result) && isString(state) && typeof elapsedMs === 'number' ? { type: 'progress', result, state, elapsedMs } : undefined;
}

function readRowsOrBatch(fields: Fields): ReceivedMessage | undefined {
  const { result, seq, encoding, messages, data } = fields;
  if (!isString(result) || !isCount(seq)) {
    return undefined;
  }
  if (encoding === undefined) {
    return readRows(fields, result, seq);
  }
  return encoding === 'gzip' && isCount(messages) && isString(data) ? { type: 'batch', result, seq, messages, data } : undefined;
}

function readRows({ offset, columns, rows }: Fields, result: string, seq: number): ReceivedRows | undefined {
  const hasColumns = seq === 0 ? isColumns(columns) : true;
  return isCount(offset) && hasColumns && Array.isArray(rows) && rows.every(isRow)
    ? { type: 'rows', result, seq, offset, ...(seq === 0 ? { columns: columns as Column[] } : {}), rows }
    : undefined;
}

function readComplete({ id, result, messages, rows, bytes, truncated, timing }: Fields): ReceivedMessage | undefined {
  return isString(id) && isResultName(result) && isCount(messages) && isCount(rows) && isCount(bytes) && isObject(timing)
    ? { type: 'complete', id, result, messages, rows, bytes, truncated: truncated === true, timing: timing as unknown as Timing }
    : undefined;
}

function readError({ id, result, code, message, retryable, limit }: Fields): ReceivedMessage | undefined {
  if (!isString(code) || !isString(message)) {
    return undefined;
  }
  return {
    type: 'error',
    id: optionalString(id),
    result: optionalString(result),
    code,
    message,
    retryable: retryable === true,
    limit: typeof limit === 'number' ? limit : undefined,
  };
}

function readBye({ reason, retryable }: Fields): ReceivedMessage {
  return { type: 'bye', reason: optionalString(reason) ?? '', retryable: retryable !== false };
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** Returns whether the value is a valid name of a result, which a `resume` message can contain. */
function isResultName(value: unknown): value is string {
  return isString(value) && value !== '' && [...value].length <= MAX_NAME_LENGTH;
}

function optionalString(value: unknown): string | undefined {
  return isString(value) ? value : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isColumns(value: unknown): boolean {
  return Array.isArray(value) && value.every((column) => isObject(column) && isString(column.name) && isString(column.type));
}

function isRow(value: unknown): boolean {
  return Array.isArray(value) && value.every((cell) => cell === null || ['string', 'number', 'boolean'].includes(typeof cell));
}

import { findDuplicateKey, parseExactly } from './exact-json';
import { listValidNames, quoteName } from './quote-names';
import { MAX_NAME_LENGTH, MAX_MESSAGE_BYTES, MAX_NUMBER } from '../../protocol/limits';
import { ENCODINGS } from '../../protocol/messages';
import type { CancelMessage, ClientMessage, Encoding, MoreMessage, QueryMessage, QueryOptions, ResumeMessage } from '../../protocol/messages';
import { RejectedRequestError } from '../model/errors';

type Fields = Record<string, unknown>;

const NAME = `a string of 1 to ${MAX_NAME_LENGTH} characters`;

const READERS: ReadonlyMap<string, (fields: Fields, id?: string) => ClientMessage> = new Map([
  ['query', readQuery],
  ['cancel', readCancel],
  ['resume', readResume],
  ['more', readMore],
  ['ping', readPing],
]);

/** Parses a client message. Throws RejectedRequestError if the message is invalid. */
export function readClientMessage(json: string): ClientMessage {
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_MESSAGE_BYTES) {
    throw new RejectedRequestError('message_too_large', `The message has ${bytes} bytes, which exceeds the limit of ${MAX_MESSAGE_BYTES}. Send a smaller message.`);
  }
  const fields = parseObject(json);
  const id = isName(fields.id) ? fields.id : undefined;
  if (typeof fields.type !== 'string') {
    throw new RejectedRequestError('invalid_message', 'Missing or invalid field: "type". Set it to a string.', id);
  }
  const read = READERS.get(fields.type);
  if (!read) {
    throw new RejectedRequestError('unknown_type', `Unknown message type: ${quoteName(fields.type)}. ${listValidNames([...READERS.keys()])}`, id);
  }
  return read(fields, id);
}

function parseObject(json: string): Fields {
  let value: unknown;
  try {
    value = parseExactly(json);
  } catch {
    throw new RejectedRequestError('invalid_json', 'The message isn\'t valid JSON. Send a JSON object.');
  }
  const repeated = findDuplicateKey(json);
  if (repeated !== undefined) {
    throw new RejectedRequestError('invalid_json', `An object in the message contains the key ${quoteName(repeated)} twice. Send each key once.`);
  }
  if (!isObject(value)) {
    throw new RejectedRequestError('invalid_message', 'The message isn\'t a JSON object. Send an object with the field "type".');
  }
  return value;
}

function readQuery(fields: Fields, validId?: string): QueryMessage {
  const id = requireId(fields, validId);
  requireKnownFields(['type', 'id', 'query', 'parameters', 'options'], fields, id);
  const { query, parameters = {} } = fields;
  if (query !== undefined && typeof query !== 'string') {
    throw new RejectedRequestError('invalid_message', 'The field "query" must be a string. Set it to the name of a query, or omit it.', id);
  }
  if (!isObject(parameters)) {
    throw new RejectedRequestError('invalid_message', 'The field "parameters" must be an object. Set the value of each parameter by its name.', id);
  }
  return {
    type: 'query',
    id,
    query,
    parameters: parameters as QueryMessage['parameters'],
    options: readOptions(['window', 'encodings', 'maxAge'], fields, id),
  };
}

/** Errors don't contain the id, because an error with the id would end the query. */
function readCancel(fields: Fields, validId?: string): CancelMessage {
  const id = requireId(fields, validId);
  requireKnownFields(['type', 'id'], fields);
  return { type: 'cancel', id };
}

function readResume(fields: Fields, validId?: string): ResumeMessage {
  const id = requireId(fields, validId);
  requireKnownFields(['type', 'id', 'result', 'after', 'options'], fields, id);
  return {
    type: 'resume',
    id,
    result: requireResult(fields, id),
    after: requireNumber('after', fields.after, -1, id),
    options: readOptions(['window', 'encodings'], fields, id),
  };
}

function readMore(fields: Fields, id?: string): MoreMessage {
  requireKnownFields(['type', 'result', 'credit'], fields, id);
  return { type: 'more', result: requireResult(fields, id), credit: requireNumber('credit', fields.credit, 1, id) };
}

function readOptions(known: readonly (keyof QueryOptions)[], fields: Fields, id: string): QueryOptions {
  const { options = {} } = fields;
  if (!isObject(options)) {
    throw new RejectedRequestError('invalid_message', 'The field "options" must be an object. Send an object, or omit the field.', id);
  }
  requireKnownFields(known, options, id, 'options.');
  const { window, encodings, maxAge } = options;
  return {
    ...(window === undefined ? {} : { window: requireNumber('options.window', window, 1, id) }),
    ...(encodings === undefined ? {} : { encodings: readEncodings(encodings, id) }),
    ...(maxAge === undefined ? {} : { maxAge: requireNumber('options.maxAge', maxAge, 0, id) }),
  };
}

/** Returns the supported encodings. Unknown ones are ignored, so that clients can offer future encodings. */
function readEncodings(offered: unknown, id: string): Encoding[] {
  if (!Array.isArray(offered) || !offered.every((encoding) => typeof encoding === 'string')) {
    throw new RejectedRequestError('invalid_message', 'The field "options.encodings" must be a list of strings. Send a list, or omit the field.', id);
  }
  return ENCODINGS.filter((encoding) => offered.includes(encoding));
}

function requireId(fields: Fields, id?: string): string {
  if (id === undefined) {
    throw new RejectedRequestError('invalid_message', `Missing or invalid field in a ${String(fields.type)} message: "id". Set it to ${NAME}.`);
  }
  return id;
}

function requireResult({ type, result }: Fields, id?: string): string {
  if (!isName(result)) {
    throw new RejectedRequestError('invalid_message', `Missing or invalid field in a ${String(type)} message: "result". Set it to ${NAME}.`, id);
  }
  return result;
}

function requireNumber(name: string, value: unknown, least: number, id?: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > MAX_NUMBER) {
    throw new RejectedRequestError('invalid_message', `Missing or invalid field: ${quoteName(name)}. Set it to an integer from ${least} to ${MAX_NUMBER}.`, id);
  }
  return value;
}

function readPing(fields: Fields, id?: string): ClientMessage {
  requireKnownFields(['type'], fields, id);
  return { type: 'ping' };
}

function requireKnownFields(known: readonly string[], fields: Fields, id?: string, prefix = ''): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RejectedRequestError('unknown_field', `Unknown field: ${quoteName(prefix + unknown)}. ${listValidNames(known.map((name) => prefix + name))}`, id);
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a valid name of a query or result. Counts characters as JSON Schema does. Rejects lone surrogates, which UTF-8 can't encode. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/\p{Surrogate}/u.test(value) && [...value].length <= MAX_NAME_LENGTH;
}

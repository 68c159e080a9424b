import { duplicateKey, parseExactly } from './exact-json';
import { ENCODINGS, MAX_NAME_LENGTH, MAXIMUM_MESSAGE_BYTES, MAX_NUMBER } from '../../protocol/messages';
import type { CancelMessage, ClientMessage, Encoding, MoreMessage, QueryMessage, QueryOptions, ResumeMessage } from '../../protocol/messages';
import { RejectedRequestError } from '../model/errors';
import { shown, listed } from '../model/quote-names';

type Fields = Record<string, unknown>;

const NAME = `a string of 1 to ${MAX_NAME_LENGTH} characters`;

const READERS: ReadonlyMap<string, (fields: Fields, id?: string) => ClientMessage> = new Map([
  ['query', readQuery],
  ['cancel', readCancel],
  ['resume', readResume],
  ['more', readMore],
  ['ping', readPing],
]);

/** Reads one message of a client. Throws a RejectedRequestError that says what is wrong with it. */
export function readClientMessage(text: string): ClientMessage {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAXIMUM_MESSAGE_BYTES) {
    throw new RejectedRequestError('message_too_large', `The message has ${bytes} bytes; at most ${MAXIMUM_MESSAGE_BYTES} are accepted.`);
  }
  const fields = parseObject(text);
  const id = isName(fields.id) ? fields.id : undefined;
  if (typeof fields.type !== 'string') {
    throw new RejectedRequestError('invalid_message', 'The message needs a field "type" with a text.', id);
  }
  const read = READERS.get(fields.type);
  if (!read) {
    throw new RejectedRequestError('unknown_type', `The message type ${shown(fields.type)} is not known; known are ${listed([...READERS.keys()])}.`, id);
  }
  return read(fields, id);
}

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch {
    throw new RejectedRequestError('invalid_json', 'The message is not JSON.');
  }
  const repeated = duplicateKey(text);
  if (repeated !== undefined) {
    throw new RejectedRequestError('invalid_json', `The message has the key ${shown(repeated)} twice in one object. Send each key once.`);
  }
  if (!isObject(value)) {
    throw new RejectedRequestError('invalid_message', 'The message must be a JSON object.');
  }
  return value;
}

function readQuery(fields: Fields, givenId?: string): QueryMessage {
  const id = requireId(fields, givenId);
  allowOnly(['type', 'id', 'query', 'parameters', 'options'], fields, id);
  const { query, parameters = {} } = fields;
  if (query !== undefined && typeof query !== 'string') {
    throw new RejectedRequestError('invalid_message', 'The field "query" must be a text.', id);
  }
  if (!isObject(parameters)) {
    throw new RejectedRequestError('invalid_message', 'The field "parameters" must be an object that gives each parameter a value.', id);
  }
  return {
    type: 'query',
    id,
    query,
    parameters: parameters as QueryMessage['parameters'],
    options: readOptions(['window', 'encodings', 'maxAge'], fields, id),
  };
}

/** An error with the id would end the query, so that what is wrong is said without it. */
function readCancel(fields: Fields, givenId?: string): CancelMessage {
  const id = requireId(fields, givenId);
  allowOnly(['type', 'id'], fields);
  return { type: 'cancel', id };
}

function readResume(fields: Fields, givenId?: string): ResumeMessage {
  const id = requireId(fields, givenId);
  allowOnly(['type', 'id', 'result', 'after', 'options'], fields, id);
  return {
    type: 'resume',
    id,
    result: requireResult(fields, id),
    after: requireNumber('after', fields.after, -1, id),
    options: readOptions(['window', 'encodings'], fields, id),
  };
}

function readMore(fields: Fields, id?: string): MoreMessage {
  allowOnly(['type', 'result', 'credit'], fields, id);
  return { type: 'more', result: requireResult(fields, id), credit: requireNumber('credit', fields.credit, 1, id) };
}

function readOptions(known: readonly (keyof QueryOptions)[], fields: Fields, id: string): QueryOptions {
  const { options = {} } = fields;
  if (!isObject(options)) {
    throw new RejectedRequestError('invalid_message', 'The field "options" must be an object.', id);
  }
  allowOnly(known, options, id, 'options.');
  const { window, encodings, maxAge } = options;
  return {
    ...(window === undefined ? {} : { window: requireNumber('options.window', window, 1, id) }),
    ...(encodings === undefined ? {} : { encodings: knownEncodings(encodings, id) }),
    ...(maxAge === undefined ? {} : { maxAge: requireNumber('options.maxAge', maxAge, 0, id) }),
  };
}

/** Those that are known of what a client offers, so that it may offer what comes later. */
function knownEncodings(offered: unknown, id: string): Encoding[] {
  if (!Array.isArray(offered) || !offered.every((encoding) => typeof encoding === 'string')) {
    throw new RejectedRequestError('invalid_message', 'The field "options.encodings" must be a list of texts.', id);
  }
  return ENCODINGS.filter((encoding) => offered.includes(encoding));
}

function requireId(fields: Fields, id?: string): string {
  if (id === undefined) {
    throw new RejectedRequestError('invalid_message', `A ${String(fields.type)} needs a field "id" with ${NAME}.`);
  }
  return id;
}

function requireResult({ type, result }: Fields, id?: string): string {
  if (!isName(result)) {
    throw new RejectedRequestError('invalid_message', `A ${String(type)} needs a field "result" with ${NAME}.`, id);
  }
  return result;
}

function requireNumber(name: string, value: unknown, least: number, id?: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > MAX_NUMBER) {
    throw new RejectedRequestError('invalid_message', `The field ${shown(name)} must be a whole number from ${least} to ${MAX_NUMBER}.`, id);
  }
  return value;
}

function readPing(fields: Fields, id?: string): ClientMessage {
  allowOnly(['type'], fields, id);
  return { type: 'ping' };
}

function allowOnly(known: readonly string[], fields: Fields, id?: string, prefix = ''): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RejectedRequestError('unknown_field', `The field ${shown(prefix + unknown)} is not known; known are ${listed(known.map((name) => prefix + name))}.`, id);
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether it can name a query or a result. Characters are counted as JSON Schema counts them, and half of a surrogate pair is none: UTF-8 cannot encode it. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/\p{Surrogate}/u.test(value) && [...value].length <= MAX_NAME_LENGTH;
}

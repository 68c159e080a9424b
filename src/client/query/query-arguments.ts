import { QueryError } from '../errors';
import { validateMin } from '../options';
import type { QueryRequest } from './query-request';
import type { QueryOptions } from './query-types';
import { MAX_NUMBER } from '../../protocol/limits';

/** The validated arguments of `query()`. */
export interface ParsedArguments {
  readonly request: QueryRequest;
  readonly options: QueryOptions;
}

/** Validates and copies the arguments of `query()`. Throws if JSON can't represent a value exactly. */
export function parseArguments(given: readonly unknown[]): ParsedArguments {
  const [name, parameters = {}, options = {}] = typeof given[0] === 'string' ? given : [undefined, ...given];
  validateOptions(options);
  return { request: { query: name as string | undefined, parameters: copyParameters(parameters), maxAge: options.maxAge }, options };
}

function validateOptions(options: unknown): asserts options is QueryOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`The options of a query must be an object, but are ${describe(options)}.`);
  }
  const { window, maxAge, rows = 'object', signal, onProgress } = options as { readonly [name in keyof QueryOptions]: any };
  validateInteger('window', window, 1);
  validateInteger('maxAge', maxAge, 0);
  validateOption('rows', rows === 'object' || rows === 'array', '\'object\' or \'array\'', rows);
  validateOption('signal', isOmitted(signal) || typeof signal.addEventListener === 'function', 'an AbortSignal', signal);
  validateOption('onProgress', isOmitted(onProgress) || typeof onProgress === 'function', 'a function', onProgress);
}

function isOmitted(value: unknown): boolean {
  return value === undefined || value === null;
}

function validateInteger(name: string, value: unknown, min: number): void {
  if (value !== undefined) {
    validateMin(name, value as number, min);
    validateOption(name, Number.isInteger(value) && value as number <= MAX_NUMBER, `an integer of at most ${MAX_NUMBER}`, value);
  }
}

function validateOption(name: string, isValid: boolean, kind: string, value: unknown): void {
  if (!isValid) {
    throw new TypeError(`The option "${name}" must be ${kind}, but is ${describe(value)}.`);
  }
}

/** Copies the parameters, because the caller can change the object later. Omits those that are undefined. */
function copyParameters(parameters: unknown): QueryRequest['parameters'] {
  if (typeOf(parameters) !== 'Object') {
    throw invalidParameter(`The parameters must be an object with a value for each name, but are ${describe(parameters)}.`);
  }
  const given = Object.entries(parameters as object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, copyValue(name, value)]));
}

function copyValue(name: string, value: unknown): unknown {
  // `map` skips the holes of a sparse array.
  return Array.isArray(value) ? Array.from(value, (element) => validateValue(name, element, 'an element')) : validateValue(name, value, 'it');
}

function validateValue(name: string, value: unknown, subject: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
    return value;
  }
  const types = 'a string, a finite number, a Boolean, null or a list of these';
  throw invalidParameter(`The parameter "${name}" must be ${types}, but ${subject} is ${describe(value)}. Convert it to one of these types.`);
}

/** Describes the type of a value, without the value. */
function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number') {
    return String(value);
  }
  return typeof value === 'object' ? `an object of type ${typeOf(value)}` : `a ${typeof value}`;
}

function typeOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

function invalidParameter(message: string): QueryError {
  return new QueryError('invalid_parameter', message, false);
}

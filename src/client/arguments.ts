import { QueryError } from './errors';
import { requireAtLeast } from './options';
import type { QueryOptions } from './queries';
import type { Question } from './question';
import { MAXIMUM_NUMBER } from '../protocol/messages';

/** What a caller submits, checked and copied. */
export interface ReadArguments {
  readonly question: Question;
  readonly options: QueryOptions;
}

/** Reads the arguments of `query()`. Throws if the service would receive something else than they are, such as NULL. */
export function readArguments(given: readonly unknown[]): ReadArguments {
  const [name, parameters = {}, options = {}] = typeof given[0] === 'string' ? given : [undefined, ...given];
  requireOptions(options);
  return { question: { query: name as string | undefined, parameters: copyOf(parameters), maxAge: options.maxAge }, options };
}

function requireOptions(options: unknown): asserts options is QueryOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`The options of a query must be an object; they are ${describe(options)}.`);
  }
  const { window, maxAge, rows = 'object', signal, onProgress } = options as { readonly [name in keyof QueryOptions]: any };
  requireInteger('window', window, 1);
  requireInteger('maxAge', maxAge, 0);
  requireKind('rows', rows === 'object' || rows === 'array', '\'object\' or \'array\'', rows);
  requireKind('signal', isOmitted(signal) || typeof signal.addEventListener === 'function', 'an AbortSignal', signal);
  requireKind('onProgress', isOmitted(onProgress) || typeof onProgress === 'function', 'a function', onProgress);
}

function isOmitted(value: unknown): boolean {
  return value === undefined || value === null;
}

function requireInteger(name: string, value: unknown, min: number): void {
  if (value !== undefined) {
    requireAtLeast(name, value as number, min);
    requireKind(name, Number.isInteger(value) && value as number <= MAXIMUM_NUMBER, `an integer of at most ${MAXIMUM_NUMBER}`, value);
  }
}

function requireKind(name: string, isRight: boolean, kind: string, value: unknown): void {
  if (!isRight) {
    throw new TypeError(`The option "${name}" must be ${kind}; it is ${describe(value)}.`);
  }
}

/** A copy, since the caller may change the object later. A parameter that is undefined is omitted. */
function copyOf(parameters: unknown): Question['parameters'] {
  if (typeOf(parameters) !== 'Object') {
    throw invalid(`The parameters must be an object with a value for each name; they are ${describe(parameters)}.`);
  }
  const given = Object.entries(parameters as object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, copyOfValue(name, value)]));
}

function copyOfValue(name: string, value: unknown): unknown {
  // A list may have holes, which `map` leaves out.
  return Array.isArray(value) ? Array.from(value, (element) => plainValue(name, element, 'an element of it')) : plainValue(name, value, 'it');
}

function plainValue(name: string, value: unknown, subject: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
    return value;
  }
  throw invalid(`The parameter "${name}" must be a string, a finite number, a boolean, null or a list of these; ${subject} is ${describe(value)}. Convert it to one of these.`);
}

/** What a value is, without the value. */
function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number') {
    return String(value);
  }
  return typeof value === 'object' ? `an object of type ${typeOf(value)}` : `a ${typeof value}`;
}

function typeOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

function invalid(message: string): QueryError {
  return new QueryError('invalid_parameter', message, false);
}

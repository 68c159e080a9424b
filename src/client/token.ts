import { TOKEN_KEY } from '../protocol/messages';

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-4.1 and RFC 7230: a subprotocol is a `token`, of these characters */
const SUBPROTOCOL_CHARACTERS = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

/** Throws a TypeError, which does not repeat it. */
export function requireToken(token: unknown): asserts token is string {
  if (typeof token !== 'string' || token === '') {
    throw new TypeError('The option "token" must be a text of at least one character, or a function that gives one.');
  }
}

/** Whether a subprotocol can carry it. */
export function isSubprotocol(token: string): boolean {
  return SUBPROTOCOL_CHARACTERS.test(token);
}

/** The address with the token, and with everything that stood there. */
export function withToken(url: string, token: string): string {
  const end = url.includes('#') ? url.indexOf('#') : url.length;
  const before = url.slice(0, end);
  return `${before}${before.includes('?') ? '&' : '?'}${TOKEN_KEY}=${encodeURIComponent(token)}${url.slice(end)}`;
}

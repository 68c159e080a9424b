import { TOKEN_KEY } from '../../protocol/connect-request';

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-tokens for the characters of a subprotocol */
const SUBPROTOCOL_CHARACTERS = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

/** Throws a TypeError, without the value, if it isn't a token. */
export function validateToken(token: unknown): asserts token is string {
  if (typeof token !== 'string' || token === '') {
    throw new TypeError('The option "token" must be a string of at least one character, or a function that returns one.');
  }
}

/** Returns whether the token can be sent as a subprotocol. */
export function isSubprotocol(token: string): boolean {
  return SUBPROTOCOL_CHARACTERS.test(token);
}

/** Adds the token to the query string of a URL. */
export function addToken(url: string, token: string): string {
  const end = url.includes('#') ? url.indexOf('#') : url.length;
  const before = url.slice(0, end);
  return `${before}${before.includes('?') ? '&' : '?'}${TOKEN_KEY}=${encodeURIComponent(token)}${url.slice(end)}`;
}

import { ConnectionError } from './errors';
import type { Computed, Settings } from './options';
import { isSubprotocol, requireToken, withToken } from './token';
import type { WebSocketLike } from './web-socket';
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '../protocol/messages';

/** Where a WebSocket is opened, and what it offers. */
export interface Destination {
  readonly url: string;
  readonly protocols: string[];
}

/** Computes what is to be computed at each attempt to connect. */
export async function destinationOf({ address, protocols, token }: Settings): Promise<Destination> {
  const [url, offered, secret] = await Promise.all([computed(address), computed(protocols), token === undefined ? undefined : computed(token)]);
  if (token === undefined) {
    return { url, protocols: [SUBPROTOCOL, ...offered] };
  }
  requireToken(secret);
  return isSubprotocol(secret)
    ? { url, protocols: [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + secret, ...offered] }
    : { url: withToken(url, secret), protocols: [SUBPROTOCOL, ...offered] };
}

/** Throws a ConnectionError where that can never be. */
export function openSocket({ address, protocols: offered, token, WebSocket }: Settings, { url, protocols }: Destination): WebSocketLike {
  if (WebSocket === undefined) {
    throw new ConnectionError('unsupported', 'There is no WebSocket here; pass one as the option "WebSocket".', false);
  }
  try {
    return new WebSocket(url, protocols);
  } catch (error) {
    // A browser's complaint repeats the address or the subprotocol, and what is computed is computed for the token in it.
    const mayHoldToken = token !== undefined || typeof address === 'function' || typeof offered === 'function';
    const cause = mayHoldToken ? undefined : error;
    throw new ConnectionError('invalid_address', 'The address, or a subprotocol, is none that a WebSocket takes.', false, cause);
  }
}

/** Never throws at once: then nobody would hear of the others that are being computed. */
async function computed<T>(value: Computed<T>): Promise<T> {
  return typeof value === 'function' ? (value as () => T | Promise<T>)() : value;
}

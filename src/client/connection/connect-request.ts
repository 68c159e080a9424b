import { ConnectionError } from '../errors';
import type { Computed, Settings } from '../options';
import { addToken, isSubprotocol, validateToken } from './token';
import type { WebSocketLike } from './web-socket';
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '../../protocol/connect-request';

/** The URL and the subprotocols of a new WebSocket. */
export interface ConnectRequest {
  readonly url: string;
  readonly protocols: string[];
}

/** Calls the functions of the options, which return new values for each attempt to connect. */
export async function createConnectRequest({ url: serviceUrl, protocols, token }: Settings): Promise<ConnectRequest> {
  const [url, offered, currentToken] = await Promise.all([resolve(serviceUrl), resolve(protocols), token === undefined ? undefined : resolve(token)]);
  if (token === undefined) {
    return { url, protocols: [SUBPROTOCOL, ...offered] };
  }
  validateToken(currentToken);
  return isSubprotocol(currentToken)
    ? { url, protocols: [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + currentToken, ...offered] }
    : { url: addToken(url, currentToken), protocols: [SUBPROTOCOL, ...offered] };
}

/** Opens a WebSocket. Throws a ConnectionError if no attempt can succeed. */
export function openSocket({ url: serviceUrl, protocols: offered, token, WebSocket }: Settings, { url, protocols }: ConnectRequest): WebSocketLike {
  if (WebSocket === undefined) {
    throw new ConnectionError('unsupported', 'This environment has no global WebSocket. Pass a WebSocket class as the option "WebSocket".', false);
  }
  try {
    return new WebSocket(url, protocols);
  } catch (error) {
    // The error of a browser contains the URL or the subprotocol, and with it the token.
    const canContainToken = token !== undefined || typeof serviceUrl === 'function' || typeof offered === 'function';
    const cause = canContainToken ? undefined : error;
    const message = 'The WebSocket class rejects the URL or a subprotocol. Pass the URL of the service, which begins with "wss://".';
    throw new ConnectionError('invalid_url', message, false, cause);
  }
}

/** Async, so that a function that throws doesn't leave the promises of the other options unhandled. */
async function resolve<T>(value: Computed<T>): Promise<T> {
  return typeof value === 'function' ? (value as () => T | Promise<T>)() : value;
}

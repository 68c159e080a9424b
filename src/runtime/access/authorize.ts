import { isAllowedOrigin } from './origin';
import { SUBPROTOCOL, TOKEN_KEY, TOKEN_SUBPROTOCOL_PREFIX } from '../../protocol/connect-request';
import type { VerifiedCaller } from '../../shared/function-environment';
import type { Log } from '../model/services';

/** A connect request before its authorization. */
export interface AuthorizationRequest {
  readonly connectionId: string;
  /** The origin of the page. Omitted if the client isn't a browser. */
  readonly origin?: string;
  readonly subprotocols: readonly string[];
  /** All values of each key. */
  readonly queryString: Readonly<Record<string, readonly string[]>>;
}

/** The result of an authorization: the caller and its claims. */
export interface AuthorizationResult extends VerifiedCaller {
  readonly caller: string;
}

/** A credential is invalid. The message is a reason for the log and contains no part of the credential. */
export class CredentialRejectedError extends Error {}

/** Verifies a token or ticket. Throws CredentialRejectedError if it is invalid, and another error if that can't be determined. */
export type VerifyCredential = (credential: string) => Promise<AuthorizationResult>;

export interface AuthorizeServices {
  readonly verify: VerifyCredential;
  /** If omitted, all origins are allowed. */
  readonly allowedOrigins?: readonly string[];
  readonly log: Log;
}

/** Authorizes a connect request. Returns undefined if it is rejected. */
export async function authorize(services: AuthorizeServices, request: AuthorizationRequest): Promise<AuthorizationResult | undefined> {
  const { verify, allowedOrigins, log } = services;
  const { connectionId } = request;
  try {
    // Check the origin first: a page of another origin must not use up a ticket.
    requireAllowedPage(request, allowedOrigins);
    return await verify(findCredential(request));
  } catch (error) {
    if (error instanceof CredentialRejectedError) {
      log({ level: 'info', event: 'connection_rejected', reason: error.message, connection_id: connectionId });
      return undefined;
    }
    log({ level: 'error', event: 'authorization_failed', reason: (error as Error).message, connection_id: connectionId });
    throw error;
  }
}

function requireAllowedPage({ origin, subprotocols }: AuthorizationRequest, allowedOrigins: AuthorizeServices['allowedOrigins']): void {
  if (!isAllowedOrigin(allowedOrigins, origin)) {
    throw new CredentialRejectedError('foreign origin');
  }
  if (subprotocols.length > 0 && !subprotocols.includes(SUBPROTOCOL)) {
    throw new CredentialRejectedError('unknown subprotocol');
  }
}

/** Returns the only credential of a connect request. Rejects several, because it would be unclear which one counts. */
function findCredential({ subprotocols, queryString }: AuthorizationRequest): string {
  const offered = subprotocols.filter((name) => name.startsWith(TOKEN_SUBPROTOCOL_PREFIX)).map((name) => name.slice(TOKEN_SUBPROTOCOL_PREFIX.length));
  const credentials = [...offered, ...Object.hasOwn(queryString, TOKEN_KEY) ? queryString[TOKEN_KEY] : []];
  if (credentials.length > 1) {
    throw new CredentialRejectedError('more than one token');
  }
  const [credential = ''] = credentials;
  if (credential === '') {
    throw new CredentialRejectedError('no token');
  }
  return credential;
}

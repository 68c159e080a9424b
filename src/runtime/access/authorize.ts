import { isAllowedOrigin } from './origin';
import { SUBPROTOCOL, TOKEN_KEY, TOKEN_SUBPROTOCOL_PREFIX } from '../../protocol/messages';
import type { VerifiedCaller } from '../../shared/function-environment';
import type { Log } from '../model/services';

/** A request to connect, by somebody who is not known yet. */
export interface Attempt {
  readonly connectionId: string;
  /** Of the page; absent where the client is no browser. */
  readonly origin?: string;
  readonly subprotocols: readonly string[];
  /** All values of each key. */
  readonly queryString: Readonly<Record<string, readonly string[]>>;
}

/** Somebody who is known, by a name that is nobody else's. */
export interface Admission extends VerifiedCaller {
  readonly caller: string;
}

/** Why a credential does not let anybody in: a reason for the log, which holds nothing of the credential. */
export class CredentialRejectedError extends Error {}

/** Tells whose a token or ticket is. Throws CredentialRejectedError where it is nobody's, and something else where that cannot be told. */
export type VerifyCredential = (credential: string) => Promise<Admission>;

export interface AuthorizeServices {
  readonly verify: VerifyCredential;
  /** Left out, pages from everywhere may connect. */
  readonly allowedOrigins?: readonly string[];
  readonly log: Log;
}

/** Decides about a request to connect: whose it is, or nothing where it is to be refused. */
export async function authorize({ verify, allowedOrigins, log }: AuthorizeServices, attempt: Attempt): Promise<Admission | undefined> {
  const { connectionId } = attempt;
  try {
    // Before the credential is looked at: a page from elsewhere must not use up a ticket.
    refuseForeign(attempt, allowedOrigins);
    return await verify(credentialOf(attempt));
  } catch (error) {
    if (error instanceof CredentialRejectedError) {
      log({ level: 'info', event: 'connection_rejected', reason: error.message, connection_id: connectionId });
      return undefined;
    }
    log({ level: 'error', event: 'authorization_failed', reason: (error as Error).message, connection_id: connectionId });
    throw error;
  }
}

function refuseForeign({ origin, subprotocols }: Attempt, allowedOrigins: AuthorizeServices['allowedOrigins']): void {
  if (!isAllowedOrigin(allowedOrigins, origin)) {
    throw new CredentialRejectedError('foreign origin');
  }
  if (subprotocols.length > 0 && !subprotocols.includes(SUBPROTOCOL)) {
    throw new CredentialRejectedError('unknown subprotocol');
  }
}

/** The one credential of an attempt: with two it would not be clear which of them lets in. */
function credentialOf({ subprotocols, queryString }: Attempt): string {
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

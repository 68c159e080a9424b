import { scheduleExpiry, requireValidSession, unknownSession } from './session-expiry';
import { REQUEST_LIFETIME_SECONDS } from '../model/request';
import type { Connection } from '../model/request';
import type { SubmitServices } from '../model/services';
import type { Claims } from '../submit/claim-parameters';

/** Who a client is, as its request to connect proved it. */
export interface Identity {
  /** The hash of what names the caller: the name itself is neither stored nor logged. */
  readonly caller: string;
  /** Those that queries use. */
  readonly claims: Claims;
  /** When the sign-in expires, in milliseconds since the epoch; absent for never. */
  readonly validUntil?: number;
}

/** A connection, and who its client is where callers are known. */
export interface IdentifiedConnection extends Connection {
  readonly identity?: Identity;
}

/**
 * Stores who a client is, and has its connection end when its sign-in expires. Throws where that fails: then nothing is open, and nothing stays behind
 * but what expires by itself.
 */
export async function storeSession(services: SubmitServices, connection: Connection, identity: Identity): Promise<IdentifiedConnection> {
  const { store, clock } = services;
  const { connectionId } = connection;
  const { validUntil } = identity;
  requireValidSession(services, identity);
  const expiresAt = Math.ceil(clock.now() / 1000) + REQUEST_LIFETIME_SECONDS;
  try {
    await store.createIdentity(connectionId, identity, expiresAt);
    if (validUntil !== undefined) {
      await scheduleExpiry(services, connection, validUntil);
    }
  } catch (error) {
    await store.removeIdentity(connectionId).catch((reason) => services.log({ notice: 'identity kept', connectionId, reason: String(reason) }));
    throw error;
  }
  return identified(connection, identity);
}

/** Finds out who a client is. Throws SessionExpiredError where that is not known any more, or has expired. */
export async function identify(services: SubmitServices, connection: Connection): Promise<IdentifiedConnection> {
  if (!services.identifiesCallers) {
    return connection;
  }
  const identity = await services.store.identity(connection.connectionId);
  if (identity === undefined) {
    throw unknownSession();
  }
  requireValidSession(services, identity);
  return identified(connection, identity);
}

function identified(connection: Connection, identity: Identity): IdentifiedConnection {
  return { ...connection, validUntil: identity.validUntil, identity };
}

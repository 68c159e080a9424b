import { scheduleExpiry, requireValidSession, unknownSession } from './session-expiry';
import type { Connection, Identity, IdentifiedConnection } from '../model/connection';
import { REQUEST_LIFETIME_SECONDS } from '../model/request';
import type { SubmitServices } from '../model/services';

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
    await store.removeIdentity(connectionId)
      .catch((reason) => services.log({ level: 'warn', event: 'identity_not_removed', connection_id: connectionId, reason: String(reason) }));
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

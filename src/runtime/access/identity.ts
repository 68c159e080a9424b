import { scheduleExpiry, requireValidSession, createUnknownSessionError } from './session-expiry';
import type { Connection, Identity, IdentifiedConnection } from '../model/connection';
import { REQUEST_LIFETIME_SECONDS } from '../model/request';
import type { QueryServices } from '../model/services';

/**
 * Stores the identity of a client, and schedules the expiry of its session. If that fails, throws, so that the connection doesn't open. Remaining
 * records expire.
 */
export async function storeSession(services: QueryServices, connection: Connection, identity: Identity): Promise<IdentifiedConnection> {
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
  return addIdentity(connection, identity);
}

/** Returns a connection with the identity of its client. Throws SessionExpiredError if the session is unknown or expired. */
export async function identifyClient(services: QueryServices, connection: Connection): Promise<IdentifiedConnection> {
  if (!services.identifiesCallers) {
    return connection;
  }
  const identity = await services.store.identity(connection.connectionId);
  if (identity === undefined) {
    throw createUnknownSessionError();
  }
  requireValidSession(services, identity);
  return addIdentity(connection, identity);
}

function addIdentity(connection: Connection, identity: Identity): IdentifiedConnection {
  return { ...connection, validUntil: identity.validUntil, identity };
}

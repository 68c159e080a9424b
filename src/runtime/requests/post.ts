import { hasExpired, canStillOpen } from '../model/connection';
import type { Connection } from '../model/connection';
import { ConnectionGoneError, ServiceBusyError } from '../model/errors';
import type { Connections } from '../model/ports';
import type { QueryServices } from '../model/services';

/** A ServiceBusyError of a connection that can still open. */
export class ConnectionNotOpenError extends ServiceBusyError {}

type PostingServices = Pick<QueryServices, 'connections' | 'clock'>;

/**
 * Posts a message. Throws ConnectionNotOpenError while the connection can still open, and ConnectionGoneError if it has closed or the session of its
 * client has expired.
 */
export async function post(services: PostingServices, connection: Connection, message: string): Promise<void> {
  if (hasExpired(connection, services.clock.now())) {
    throw new ConnectionGoneError(`the session of ${connection.connectionId} has expired`);
  }
  await callConnection(services, connection, async (connections) => connections.post(connection.connectionId, message));
}

/**
 * Calls a connection. Judges by the age at the start of the call whether the connection can still open, because a call can take long. Throws the
 * errors of `post`.
 */
export async function callConnection(
  { connections, clock }: PostingServices, connection: Pick<Connection, 'opened' | 'connectedAt'>, action: (connections: Connections) => Promise<void>,
): Promise<void> {
  const startedAt = clock.now();
  try {
    await action(connections);
  } catch (error) {
    throw error instanceof ConnectionGoneError && canStillOpen(connection, startedAt) ? new ConnectionNotOpenError('the connection is not open yet') : error;
  }
}

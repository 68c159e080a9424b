import { hasExpired, canStillOpen } from '../model/connection';
import type { Connection } from '../model/connection';
import { ConnectionGoneError, ServiceBusyError } from '../model/errors';
import type { Connections } from '../model/ports';
import type { SubmitServices } from '../model/services';

/** A ServiceBusyError of a connection that may still open. */
export class ConnectionNotOpenError extends ServiceBusyError {}

type PostingServices = Pick<SubmitServices, 'connections' | 'clock'>;

/**
 * Posts a message. Throws ConnectionNotOpenError while the connection may still open; and ConnectionGoneError when it has closed, or its client's sign-in has expired:
 * then nothing that was asked is answered any more.
 */
export async function post(services: PostingServices, connection: Connection, text: string): Promise<void> {
  if (hasExpired(connection, services.clock.now())) {
    throw new ConnectionGoneError(`the sign-in of ${connection.connectionId} has expired`);
  }
  await reach(services, connection, async (connections) => connections.post(connection.connectionId, text));
}

/** Does something with a connection, which may still open by its age when that was begun: an answer may take long. Throws as `post` does. */
export async function reach(
  { connections, clock }: PostingServices, connection: Pick<Connection, 'opened' | 'connectedAt'>, action: (connections: Connections) => Promise<void>,
): Promise<void> {
  const submittedAt = clock.now();
  try {
    await action(connections);
  } catch (error) {
    throw error instanceof ConnectionGoneError && canStillOpen(connection, submittedAt) ? new ConnectionNotOpenError('the connection is not open yet') : error;
  }
}

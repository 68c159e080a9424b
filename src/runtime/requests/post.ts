import { ConnectionGone, ServiceBusy } from '../model/ports';
import type { Connections } from '../model/ports';
import { hasExpired, mayStillOpen } from '../model/request';
import type { Connection } from '../model/request';
import type { AskingServices } from '../model/services';

/** A ServiceBusy of a connection that may still open. */
export class NotOpenYet extends ServiceBusy {}

type PostingServices = Pick<AskingServices, 'connections' | 'clock'>;

/**
 * Posts a message. Throws NotOpenYet while the connection may still open; and ConnectionGone when it has closed, or its client's sign-in has expired:
 * then nothing that was asked is answered any more.
 */
export async function post(services: PostingServices, connection: Connection, text: string): Promise<void> {
  if (hasExpired(connection, services.clock.now())) {
    throw new ConnectionGone(`the sign-in of ${connection.connectionId} has expired`);
  }
  await reach(services, connection, async (connections) => connections.post(connection.connectionId, text));
}

/** Does something with a connection, which may still open by its age when that was begun: an answer may take long. Throws as `post` does. */
export async function reach(
  { connections, clock }: PostingServices, connection: Pick<Connection, 'opened' | 'connectedAt'>, action: (connections: Connections) => Promise<void>,
): Promise<void> {
  const askedAt = clock.now();
  try {
    await action(connections);
  } catch (error) {
    throw error instanceof ConnectionGone && mayStillOpen(connection, askedAt) ? new NotOpenYet('the connection is not open yet') : error;
  }
}

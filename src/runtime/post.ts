import { ConnectionGone, ServiceBusy } from './ports';
import { mayStillOpen } from './request';
import type { Connection } from './request';
import type { AskingServices } from './services';

/**
 * Posts a message. Throws ServiceBusy while the connection may still open, by its age when it was asked: an answer may take long; and ConnectionGone
 * when it has closed.
 */
export async function post({ connections, clock }: Pick<AskingServices, 'connections' | 'clock'>, connection: Connection, text: string): Promise<void> {
  const askedAt = clock.now();
  try {
    await connections.post(connection.connectionId, text);
  } catch (error) {
    throw error instanceof ConnectionGone && mayStillOpen(connection, askedAt) ? new ServiceBusy('the connection is not open yet') : error;
  }
}

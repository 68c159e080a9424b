import type { TableServices } from '../model/services';
import { forEachConcurrently, removeClient } from '../requests/subscribers';

/**
 * Removes the records of a closed connection. Throws the first failure after all removals. If a request remains, the next post to it finds the
 * connection closed and removes it. Other records expire.
 */
export async function onDisconnect(services: TableServices, connectionId: string): Promise<void> {
  const { store, identifiesCallers, log } = services;
  const requests = await store.requests(connectionId);
  const removals = requests.map((request) => async () => removeClient(services, request));
  if (identifiesCallers) {
    removals.push(async () => store.removeIdentity(connectionId));
  }
  await forEachConcurrently(removals, async (remove) => remove());
  log({ level: 'info', event: 'client_disconnected', connection_id: connectionId, requests: requests.length });
}

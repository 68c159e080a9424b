import type { TableServices } from '../model/services';
import { forEachConcurrently, leave } from '../requests/subscribers';

/**
 * Removes the records of a connection that has ended. Throws the first failure after it has tried all. A request that remains is removed when the next post
 * to it finds the connection closed; other records expire.
 */
export async function onDisconnect(services: TableServices, connectionId: string): Promise<void> {
  const { store, identifiesCallers, log } = services;
  const requests = await store.requests(connectionId);
  const removals = requests.map((request) => async () => leave(services, request, request.run));
  if (identifiesCallers) {
    removals.push(async () => store.removeIdentity(connectionId));
  }
  await forEachConcurrently(removals, async (remove) => remove());
  log({ level: 'info', event: 'client_disconnected', connection_id: connectionId, requests: requests.length });
}

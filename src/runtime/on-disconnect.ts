import type { TableServices } from './services';
import { leave } from './subscribers';

/** Removes what was stored for a connection that has ended. */
export async function onDisconnect(services: TableServices, connectionId: string): Promise<void> {
  const requests = await services.store.requests(connectionId);
  for (const request of requests) {
    await leave(services, request, request.run);
  }
  if (services.knowsCallers) {
    await services.store.removeIdentity(connectionId);
  }
  services.log({ notice: 'disconnected', connectionId, unanswered: requests.length });
}

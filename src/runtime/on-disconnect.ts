import type { Store } from './ports';
import type { Log } from './services';

/** Removes what was stored for a connection that has ended. */
export async function onDisconnect(services: { readonly store: Pick<Store, 'removeConnection'>; readonly log: Log }, connectionId: string): Promise<void> {
  const runs = await services.store.removeConnection(connectionId);
  services.log({ notice: 'disconnected', connectionId, unanswered: runs });
}

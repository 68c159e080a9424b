import { createServer } from 'node:http';
import { closeServer, listen } from '../loopback';

/** Throws a sentence when something else listens on the port already: before the work that would be in vain. */
export async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  await listen(server, port);
  await closeServer(server);
}

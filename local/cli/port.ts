import { createServer } from 'node:http';
import { closeServer, listen } from '../loopback';

/** Throws if another program listens on the port, so that the command fails before it builds anything. */
export async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  await listen(server, port);
  await closeServer(server);
}

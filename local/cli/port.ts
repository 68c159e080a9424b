import { createServer } from 'node:net';

/** Throws a sentence when something else listens on the port already: before the work that would be in vain. */
export async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? taken(port) : error));
    server.listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}

function taken(port: number): Error {
  return new Error(`port ${port} is taken by another program: end it, or choose another port with --port, such as npm start -- --port ${port + 1}`);
}

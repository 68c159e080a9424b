import dynalite from 'dynalite';
import { closeServer, listen, LOOPBACK } from '../../loopback';
import type { RunningService } from '../options';

/** Starts an emulator of DynamoDB in this process. */
export async function startDynalite(): Promise<RunningService> {
  // dynalite stores items as buffers. With a pool, each small buffer retains 8 KB.
  Buffer.poolSize = 0;
  const server = dynalite({ createTableMs: 0 });
  return {
    endpoint: `http://${LOOPBACK}:${await listen(server)}`,
    close: async () => closeServer(server),
  };
}

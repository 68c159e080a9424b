import dynalite from 'dynalite';
import { closeServer, listen, LOOPBACK } from '../../loopback';
import type { RunningService } from '../options';

/** Starts an emulator of DynamoDB in this process. */
export async function startDynalite(): Promise<RunningService> {
  // Its database keeps items as buffers: each small one would hold on to 8 KB that Node.js shares among buffers of a moment.
  Buffer.poolSize = 0;
  const server = dynalite({ createTableMs: 0 });
  return {
    endpoint: `http://${LOOPBACK}:${await listen(server)}`,
    close: async () => closeServer(server),
  };
}

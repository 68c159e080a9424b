import { WebSocket } from 'ws';
import { ManualClock } from './manual-clock';
import { ScriptedServer } from './scripted-server';
import { connect } from '../../src/client';
import type { Client, ClientOptions } from '../../src/client';

/** What a test of the client works with. */
export interface ClientTest {
  readonly clock: ManualClock;
  readonly server: ScriptedServer;
  /** A client of the server, closed after the test. */
  readonly client: (options?: ClientOptions) => Client;
}

/** A server and a clock of its own for each test of a file; no rejection may go unheard. */
export function useClientTests(): ClientTest {
  const own: { clock?: ManualClock; server?: ScriptedServer } = {};
  const clients: Client[] = [];
  const unhandled: unknown[] = [];
  const note = (reason: unknown): unknown => unhandled.push(reason);

  beforeEach(async () => {
    process.on('unhandledRejection', note);
    own.clock = new ManualClock();
    own.server = await ScriptedServer.start();
  });
  afterEach(async () => {
    clients.splice(0).forEach((client) => client.close());
    await own.server!.stop();
    expect(own.clock!.timers).toBe(0);
    // Node.js tells of a rejection once the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled.splice(0)).toEqual([]);
  });

  return {
    get clock() {
      return own.clock!;
    },
    get server() {
      return own.server!;
    },
    client: (options = {}) => {
      const client = connect(own.server!.url, { WebSocket, clock: own.clock, random: () => 0.5, ...options });
      clients.push(client);
      return client;
    },
  };
}

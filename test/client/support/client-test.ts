import { WebSocket } from 'ws';
import { ManualClock } from './manual-clock';
import { ScriptedServer } from './scripted-server';
import type { ScriptedConnection } from './scripted-server';
import { connect } from '../../../src/client';
import type { Client, ClientOptions, QueryProgress } from '../../../src/client';

/** The fixtures of a test of the client. */
export interface ClientTest {
  readonly clock: ManualClock;
  readonly server: ScriptedServer;
  /** Creates a client of the server, which is closed after the test. */
  readonly client: (options?: ClientOptions) => Client;
}

/** Starts a server and a clock for each test of a file. Fails a test that leaves a timer or an unhandled rejection. */
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
    // Node.js reports a rejection after the microtasks.
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

/** Waits until the connection of a client has a state. */
export async function waitForState(client: Client, name: string): Promise<void> {
  while (client.state.name !== name) {
    await new Promise<void>((resolve) => {
      const stop = client.onStateChange(() => {
        stop();
        resolve();
      });
    });
  }
}

/** The query that `waitUntilReceived` submits. */
export const MARKER_QUERY = 'received so far';

/** Waits until a client has received all messages on a connection: it submits a marker query, which the server rejects. */
export async function waitUntilReceived(connection: ScriptedConnection, client: Client): Promise<void> {
  const rejection = new Promise<string>((resolve) => {
    client.query(MARKER_QUERY).catch(({ message }) => resolve(message));
  });
  const marker = await connection.until(() => connection.messages.find(({ query, isRejected }) => query === MARKER_QUERY && isRejected !== true));
  Object.assign(marker, { isRejected: true });
  connection.send({ type: 'error', id: marker.id, code: 'unknown_query', message: 'Unknown query.', retryable: false });
  await rejection;
}

/** Returns an `onProgress` function, and a function that waits for a number of rows. */
export function countRows(): { onProgress: (progress: QueryProgress) => void; atLeast: (rows: number) => Promise<void> } {
  let counted = 0;
  const waiting = new Set<() => void>();
  return {
    onProgress: ({ rows }) => {
      counted = rows;
      waiting.forEach((wake) => wake());
    },
    atLeast: async (rows) => new Promise((resolve) => {
      const wake = (): void => (counted >= rows ? resolve() : undefined);
      waiting.add(wake);
      wake();
    }),
  };
}

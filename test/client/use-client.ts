import { WebSocket } from 'ws';
import { ManualClock } from './manual-clock';
import { ScriptedServer } from './scripted-server';
import type { ScriptedConnection } from './scripted-server';
import { connect } from '../../src/client';
import type { Client, ClientOptions, QueryProgress } from '../../src/client';

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

/** Waits until a client says this of its connection. */
export async function stateOf(client: Client, name: string): Promise<void> {
  while (client.state.name !== name) {
    await new Promise<void>((resolve) => {
      const stop = client.onStateChange(() => {
        stop();
        resolve();
      });
    });
  }
}

/** Waits until a client has heard everything that was said to it on a connection before: it asks something, and is refused. */
export async function heardBy(connection: ScriptedConnection, client: Client): Promise<void> {
  const refused = new Promise<string>((resolve) => {
    client.query('heard so far?').catch(({ message }) => resolve(message));
  });
  const question = await connection.until(() => connection.messages.find(({ query, isAnswered }) => query === 'heard so far?' && isAnswered !== true));
  Object.assign(question, { isAnswered: true });
  connection.say({ type: 'error', id: question.id, code: 'unknown_query', message: 'yes', retryable: false });
  await refused;
}

/** An `onProgress`, and how to wait for so many rows. */
export function rowsCounted(): { onProgress: (progress: QueryProgress) => void; atLeast: (rows: number) => Promise<void> } {
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

import * as fc from 'fast-check';
import { beginning, serverString } from './arbitrary';
import { ClientError, connect } from '../../src/client';
import type { Client, ClientOptions } from '../../src/client';
import { FakeSocket } from '../client/support/fake-socket';
import { ManualClock } from '../client/support/manual-clock';
import { invalidity } from '../support/protocol-schema';

/** A WebSocket that records the messages of the client. */
class RecordedSocket extends FakeSocket {
  public static readonly all: RecordedSocket[] = [];
  public readonly sent: string[] = [];

  constructor() {
    super();
    RecordedSocket.all.push(this);
  }

  public override send(string: string): void {
    this.sent.push(string);
  }
}

/** Resolves after compressed messages are decompressed, which is asynchronous. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const outcome = async (promise: PromiseLike<unknown>) => promise.then(() => 'completed', (error: unknown) => error);

/** Submits a query in each way, and returns the outcome of each. */
function submit(client: Client): Promise<unknown>[] {
  const loop = async (window: number) => {
    let rows = 0;
    for await (const batch of client.query('b', {}, { rows: 'array', window })) {
      rows += batch.rows.length;
    }
    return rows;
  };
  return [client.query('a'), client.query('a', {}, { rows: 'array' }), loop(1), loop(5)].map(outcome);
}

const clientOptions: fc.Arbitrary<ClientOptions> = fc.record({
  bigint: fc.constantFrom('exact', 'string', 'bigint', 'number'),
  decimal: fc.constantFrom('string', 'number'),
  compression: fc.boolean(),
});

const unhandled: unknown[] = [];
const recordUnhandled = (reason: unknown): unknown => unhandled.push(reason);

beforeEach(() => {
  process.on('unhandledRejection', recordUnhandled);
});
afterEach(() => {
  process.off('unhandledRejection', recordUnhandled);
});

it('completes each query with rows or an error, and leaves no timers, when the messages of the service are random', async () => {
  const messages = fc.array(fc.oneof({ weight: 10, arbitrary: serverString }, { weight: 1, arbitrary: fc.constant(undefined) }), { maxLength: 25, size: 'max' });
  await fc.assert(fc.asyncProperty(clientOptions, beginning, messages, async (options, first, rest) => {
    RecordedSocket.all.length = 0;
    const clock = new ManualClock();
    const client = connect('wss://nowhere', { ...options, WebSocket: RecordedSocket, clock, random: () => 0.5 });
    const submitted = submit(client);
    await settled();
    RecordedSocket.all[0].dispatch('open');
    for (const string of [...first, ...rest]) {
      await deliver(clock, string);
    }
    await settled();
    client.close();
    const outcomes = await Promise.all(submitted);
    expect(outcomes.filter((each) => !(each === 'completed' || each instanceof ClientError || each instanceof TypeError))).toEqual([]);
    expect(unhandled.splice(0)).toEqual([]);
    expect(clock.timers).toBe(0);
    expect(RecordedSocket.all.flatMap(({ sent }) => sent).map((string) => invalidity('ClientMessage', JSON.parse(string))).filter((wrong) => wrong !== undefined)).toEqual([]);
  }), { numRuns: 250 });
});

/** Sends a string on the newest connection, or closes it and opens the next one. */
async function deliver(clock: ManualClock, string: string | undefined): Promise<void> {
  const socket = RecordedSocket.all.at(-1)!;
  if (string !== undefined) {
    socket.dispatch('message', { data: string });
    return;
  }
  socket.dispatch('close');
  await settled();
  clock.advance(30_000);
  await settled();
  RecordedSocket.all.at(-1)!.dispatch('open');
}

import { getEventListeners } from 'node:events';
import { FakeSocket } from './fake-socket';
import { ManualClock } from './manual-clock';
import { complete, createBatch, createParts, rowsMessages } from './scripted-server';
import { connect } from '../../../src/client';
import type { Client } from '../../../src/client';

const PARTS = createParts(3);

/** A WebSocket of a service that completes each query at once, except every fifth one, which fails. */
class ServiceSocket extends FakeSocket {
  constructor() {
    super();
    this.openSoon();
  }

  public override send(json: string): void {
    const query = JSON.parse(json) as { type: string; id: string };
    if (query.type === 'query') {
      queueMicrotask(() => this.sendResult(query));
    }
  }

  private sendResult(query: { id: string }): void {
    const result = `r${query.id}`;
    const messages = rowsMessages(result, PARTS);
    this.receive({ type: 'accepted', id: query.id, result, shared: false, cached: false });
    if (Number(query.id) % 5 === 0) {
      this.receive({ type: 'error', id: query.id, result, code: 'statement_failed', message: 'failed', retryable: false });
    } else {
      [messages[0], createBatch(messages.slice(1)), complete(query, result, PARTS)].forEach((message) => this.receive(message));
    }
  }
}

/** Submits queries that are awaited, iterated over, left in the middle, aborted, canceled, and ignored. */
async function submitInEveryWay(client: Client, signal: AbortSignal): Promise<void> {
  const own = new AbortController();
  const aborted = client.query('aborted', {}, { signal: own.signal }).catch(() => undefined);
  const loop = async (leaves: boolean): Promise<void> => {
    for await (const { rows } of client.query('looped', {}, { signal })) {
      if (leaves && rows.length > 0) {
        break;
      }
    }
  };
  client.query('forgotten', {}, { signal });
  client.query('cancelled', {}, { signal }).cancel();
  client.onStateChange(() => undefined)();
  own.abort();
  await Promise.all([aborted, client.query('awaited', {}, { signal }).catch(() => undefined), ...[true, false].map(async (leaves) => loop(leaves).catch(() => undefined))]);
}

async function heapAfter(times: number, client: Client, signal: AbortSignal, clock: ManualClock): Promise<number> {
  for (let time = 0; time < times; time += 1) {
    // Stays within the throttle of the stage.
    clock.advance(20);
    await submitInEveryWay(client, signal);
  }
  // The ignored queries have ended when the last query has.
  await client.query('last').catch(() => undefined);
  global.gc!();
  return process.memoryUsage().heapUsed;
}

async function main(): Promise<void> {
  const clock = new ManualClock();
  const client = connect('ws://service', { WebSocket: ServiceSocket, clock });
  const { signal } = new AbortController();
  const before = await heapAfter(300, client, signal, clock);
  const grownBytes = await heapAfter(2000, client, signal, clock) - before;
  process.stdout.write(JSON.stringify({ queries: 2000 * 6, grownBytes, listeners: getEventListeners(signal, 'abort').length, timers: clock.timers }));
}

void main();

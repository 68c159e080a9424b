import { getEventListeners } from 'node:events';
import { ManualClock } from './manual-clock';
import { complete, packed, partsOf, rowsMessages } from './scripted-server';
import { connect } from '../../src/client';
import type { Client } from '../../src/client';

type Listener = (event: { data?: string }) => void;

const PARTS = partsOf(3);

/** A WebSocket on which every question is answered at once, and every fifth one refused. */
class AnsweringSocket {
  private readonly listeners = new Map<string, Listener>();

  constructor() {
    queueMicrotask(() => this.listeners.get('open')?.({}));
  }

  public addEventListener(type: string, listener: Listener): void {
    this.listeners.set(type, listener);
  }

  public close(): void {}

  public send(text: string): void {
    const question = JSON.parse(text) as { type: string; id: string };
    if (question.type === 'query') {
      queueMicrotask(() => this.answer(question));
    }
  }

  private answer(question: { id: string }): void {
    const result = `r${question.id}`;
    const messages = rowsMessages(result, PARTS);
    this.say({ type: 'accepted', id: question.id, result, shared: false, cached: false });
    if (Number(question.id) % 5 === 0) {
      this.say({ type: 'error', id: question.id, result, code: 'statement_failed', message: 'failed', retryable: false });
    } else {
      this.say(messages[0], packed(messages.slice(1)), complete(question, result, PARTS));
    }
  }

  private say(...messages: object[]): void {
    messages.forEach((message) => this.listeners.get('message')?.({ data: JSON.stringify(message) }));
  }
}

/** Asks in every way there is: awaited, looped over, left in the middle, aborted, cancelled, forgotten. */
async function askInEveryWay(client: Client, signal: AbortSignal): Promise<void> {
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
    // The throttle of the stage allows only so many messages in a moment.
    clock.advance(20);
    await askInEveryWay(client, signal);
  }
  // What was forgotten has been answered when what was asked last has.
  await client.query('last').catch(() => undefined);
  global.gc!();
  return process.memoryUsage().heapUsed;
}

async function main(): Promise<void> {
  const clock = new ManualClock();
  const client = connect('ws://service', { WebSocket: AnsweringSocket, clock });
  const { signal } = new AbortController();
  const before = await heapAfter(300, client, signal, clock);
  const grownBytes = await heapAfter(2000, client, signal, clock) - before;
  process.stdout.write(JSON.stringify({ queries: 2000 * 6, grownBytes, listeners: getEventListeners(signal, 'abort').length, timers: clock.timers }));
}

void main();

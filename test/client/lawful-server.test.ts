import * as fc from 'fast-check';
import { LawfulServer } from './lawful-server';
import type { LawfulConnection } from './lawful-server';
import { ManualClock } from './manual-clock';
import { connect } from '../../src/client';
import type { Batch, Client, Query } from '../../src/client';

/** One thing that happens; `which` and `much` choose among what there is at the moment. */
interface Step {
  readonly what: 'handle' | 'advance' | 'deliver' | 'take' | 'time' | 'drop' | 'interrupt' | 'repeat' | 'stall' | 'cancel' | 'lose' | 'expire' | 'bye' | 'end' | 'age';
  readonly which: number;
  readonly much: number;
}

interface Asked {
  readonly question: string;
  readonly how: 'await' | 'loop' | 'loop with a window';
}

/** How a query went for its caller. */
class Outcome {
  public rows: unknown[] = [];
  public endings: unknown[] = [];
  private isTaking = false;
  private readonly iterator?: AsyncIterator<Batch<unknown>>;

  constructor(private readonly query: Query<unknown>, how: Asked['how']) {
    if (how === 'await') {
      query.then(({ rows }) => {
        this.rows = [...rows];
        this.endings.push('complete');
      }, (error) => this.endings.push(error));
    } else {
      this.iterator = query[Symbol.asyncIterator]();
    }
  }

  public get isEnded(): boolean {
    return this.endings.length > 0;
  }

  public cancel(): void {
    this.query.cancel();
  }

  /** Takes the next batch, unless it still waits for the one before. */
  public take(): void {
    if (this.iterator !== undefined && !this.isTaking && !this.isEnded) {
      this.isTaking = true;
      this.iterator.next().then(({ done, value }) => {
        this.isTaking = false;
        if (done) {
          this.endings.push('complete');
        } else {
          expect(value.offset).toBe(this.rows.length);
          this.rows.push(...value.rows);
        }
      }, (error) => this.endings.push(error));
    }
  }
}

class Scenario {
  public readonly clock = new ManualClock();
  public readonly server: LawfulServer;
  public readonly client: Client;
  public readonly outcomes: Outcome[];

  constructor(answers: readonly (readonly number[])[], asked: readonly Asked[], random: () => number) {
    this.server = new LawfulServer(Object.fromEntries(answers.map((parts, index) => [`q${index}`, parts])));
    this.client = connect('ws://service', { WebSocket: this.server.WebSocket, clock: this.clock, random, maxAttempts: 1000 });
    this.outcomes = asked.map(({ question, how }) => {
      const query = this.client.query(question, {}, { rows: 'array', ...(how === 'loop with a window' ? { window: 2 } : {}) });
      return new Outcome(query, how);
    });
  }

  public async step({ what, which, much }: Step): Promise<void> {
    const connection = this.server.open[which % (this.server.open.length || 1)];
    if (what === 'take') {
      this.outcomes[which % this.outcomes.length].take();
    } else if (what === 'cancel') {
      this.outcomes[which % this.outcomes.length].cancel();
    } else if (what === 'time') {
      this.clock.advance(much * 100);
    } else if (what === 'age') {
      this.clock.hurry(HOUR_MS);
    } else if (what === 'expire') {
      this.server.expire(which);
    } else if (connection !== undefined) {
      this.onConnection(what, connection, which, much);
    }
    await quiet();
  }

  /** Lets everything end, with nothing going wrong any more. */
  public async finish(): Promise<void> {
    for (let turn = 0; turn < 2000 && !this.isOver(); turn += 1) {
      for (const connection of this.server.open) {
        while (connection.incoming.length > 0) {
          this.server.handle(connection, 0);
        }
        [...connection.requests].forEach((request) => this.server.advance(connection, request, 2));
        while (connection.outgoing.length > 0) {
          connection.deliver();
          await quiet();
        }
        const stalled = connection.requests.filter(({ isAnnounced }) => isAnnounced && turn % 50 === 49);
        stalled.forEach((request) => this.server.stall(connection, request));
      }
      this.outcomes.forEach((outcome) => outcome.take());
      this.clock.advance(this.server.open.length > 0 ? 300 : 30_000);
      await quiet();
    }
  }

  private isOver(): boolean {
    return this.outcomes.every(({ isEnded }) => isEnded)
      && this.server.open.every(({ requests, incoming, outgoing }) => requests.length + incoming.length + outgoing.length === 0);
  }

  private onConnection(what: Step['what'], connection: LawfulConnection, which: number, much: number): void {
    const request = connection.requests[much % (connection.requests.length || 1)];
    if (what === 'deliver') {
      connection.deliver();
    } else if (what === 'drop') {
      connection.close();
    } else if (what === 'bye') {
      this.server.announceEnd(connection);
    } else if (what === 'end' && connection.isLeaving) {
      connection.close();
    } else if (what === 'repeat') {
      this.server.repeat(connection, much);
    } else if (what === 'handle' && connection.incoming.length > 0) {
      this.server.handle(connection, much);
    } else if (what === 'lose' && connection.incoming.length > 0) {
      this.server.lose(connection, much);
    } else if (request !== undefined && what === 'advance') {
      this.server.advance(connection, request, 1 + (which % 3));
    } else if (request !== undefined && what === 'interrupt') {
      this.server.interrupt(request, which % 4);
    } else if (request !== undefined && what === 'stall') {
      this.server.stall(connection, request);
    }
  }
}

/** Until what was said has been understood, unpacked and handed on. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const COMMON = ['handle', 'handle', 'advance', 'advance', 'advance', 'deliver', 'deliver', 'deliver', 'take', 'take', 'time'] as const;
const FAULTS = ['drop', 'interrupt', 'interrupt', 'repeat', 'stall', 'bye', 'bye', 'end', 'age', 'age'] as const;
const HOUR_MS = 3_600_000;

const answers = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 }), { minLength: 2, maxLength: 2 });
const asked = fc.array(fc.record<Asked>({
  question: fc.constantFrom('q0', 'q1'),
  how: fc.constantFrom('await', 'loop', 'loop with a window'),
}), { minLength: 1, maxLength: 5 });

function steps(...what: Step['what'][]): fc.Arbitrary<Step[]> {
  const step = fc.record<Step>({ what: fc.constantFrom(...COMMON, ...what), which: fc.nat(20), much: fc.nat(20) });
  return fc.array(step, { minLength: 20, maxLength: 150 });
}

async function play(
  parts: readonly (readonly number[])[],
  questions: readonly Asked[],
  happening: readonly Step[],
  seed: number,
): Promise<Scenario> {
  let state = seed;
  const scenario = new Scenario(parts, questions, () => {
    state = (state * 16807 + 1) % 2147483647;
    return state / 2147483647;
  });
  for (const step of happening) {
    await scenario.step(step);
  }
  await scenario.finish();
  scenario.client.close();
  return scenario;
}

/** All rows of one run, once and in order; and nothing left running on the service or here. */
function expectWhole({ outcomes, server, clock }: Scenario): void {
  for (const { rows, endings } of outcomes) {
    expect(endings).toEqual(['complete']);
    if (rows.length > 0) {
      expect(rows).toEqual(server.rowsOf((rows as [string, number][])[0][0]));
    }
  }
  expect(clock.timers).toBe(0);
}

describe('whatever is lost, doubled or late', () => {
  test('each query gets all its rows once, in order, and one ending', async () => {
    await fc.assert(fc.asyncProperty(answers, asked, steps(...FAULTS), fc.nat(), async (parts, questions, happening, seed) => {
      expectWhole(await play(parts, questions, happening, seed));
    }), { numRuns: 150 });
  });

  test('each query goes on over connections that the service ends, one after the other, with no row lost or doubled', async () => {
    await fc.assert(fc.asyncProperty(answers, asked, steps('bye', 'bye', 'end'), fc.nat(), async (parts, questions, happening, seed) => {
      expectWhole(await play(parts, questions, happening, seed));
    }), { numRuns: 150 });
  });

  test('and whatever messages of the client are lost, results expire, or queries are cancelled, each ends once, with nothing doubled', async () => {
    await fc.assert(fc.asyncProperty(answers, asked, steps(...FAULTS, 'lose', 'expire', 'cancel'), fc.nat(), async (parts, questions, happening, seed) => {
      const { outcomes, server, clock } = await play(parts, questions, happening, seed);
      for (const { rows, endings } of outcomes) {
        expect(endings).toHaveLength(1);
        const whole = rows.length > 0 ? server.rowsOf((rows as [string, number][])[0][0]) : [];
        expect(rows).toEqual(endings[0] === 'complete' ? whole : whole.slice(0, rows.length));
        expect(['complete', 'cancelled', 'result_expired', 'no_response', 'invalid_response']).toContain((endings[0] as { code?: string }).code ?? endings[0]);
      }
      expect(clock.timers).toBe(0);
    }), { numRuns: 150 });
  });
});

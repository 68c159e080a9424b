import * as fc from 'fast-check';
import { ManualClock } from './manual-clock';
import { SimulatedServer } from './simulated-server';
import type { SimulatedConnection } from './simulated-server';
import type { Batch, Client, Query } from '../../../src/client';
import { connect } from '../../../src/client';

/** An event. `which` and `much` select its target. */
interface Step {
  readonly what: 'handle' | 'advance' | 'deliver' | 'take' | 'time' | 'drop' | 'interrupt' | 'repeat' | 'stall' | 'cancel' | 'lose' | 'expire' | 'bye' | 'end' | 'age';
  readonly which: number;
  readonly much: number;
}

interface Submission {
  readonly query: string;
  readonly how: 'await' | 'loop' | 'loop with a window';
}

/** The rows and the outcome that the caller of a query receives. */
class Outcome {
  public rows: unknown[] = [];
  public outcomesOfQuery: unknown[] = [];
  private isReading = false;
  private readonly iterator?: AsyncIterator<Batch<unknown>>;

  constructor(private readonly query: Query<unknown>, how: Submission['how']) {
    if (how === 'await') {
      query.then(({ rows }) => {
        this.rows = [...rows];
        this.outcomesOfQuery.push('complete');
      }, (error) => this.outcomesOfQuery.push(error));
    } else {
      this.iterator = query[Symbol.asyncIterator]();
    }
  }

  public get isEnded(): boolean {
    return this.outcomesOfQuery.length > 0;
  }

  public cancel(): void {
    this.query.cancel();
  }

  /** Reads the next batch, unless the previous read is pending. */
  public take(): void {
    if (this.iterator !== undefined && !this.isReading && !this.isEnded) {
      this.isReading = true;
      this.iterator.next().then(({ done, value }) => {
        this.isReading = false;
        if (done) {
          this.outcomesOfQuery.push('complete');
        } else {
          expect(value.offset).toBe(this.rows.length);
          this.rows.push(...value.rows);
        }
      }, (error) => this.outcomesOfQuery.push(error));
    }
  }
}

class Scenario {
  public readonly clock = new ManualClock();
  public readonly server: SimulatedServer;
  public readonly client: Client;
  public readonly outcomes: Outcome[];

  constructor(results: readonly (readonly number[])[], submissions: readonly Submission[], random: () => number) {
    this.server = new SimulatedServer(Object.fromEntries(results.map((parts, index) => [`q${index}`, parts])));
    this.client = connect('ws://service', { WebSocket: this.server.WebSocket, clock: this.clock, random, maxAttempts: 1000 });
    this.outcomes = submissions.map(({ query, how }) => {
      const submitted = this.client.query(query, {}, { rows: 'array', ...(how === 'loop with a window' ? { window: 2 } : {}) });
      return new Outcome(submitted, how);
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
      this.clock.runLastTimer(HOUR_MS);
    } else if (what === 'expire') {
      this.server.expire(which);
    } else if (connection !== undefined) {
      this.onConnection(what, connection, which, much);
    }
    await processed();
  }

  /** Continues without faults until all queries have ended. */
  public async finish(): Promise<void> {
    await Promise.all(mockPendingBatches);
    await processed();
    for (let turn = 0; turn < 2000 && !this.isOver(); turn += 1) {
      for (const connection of this.server.open) {
        while (connection.incoming.length > 0) {
          this.server.handle(connection, 0);
        }
        [...connection.requests].forEach((request) => this.server.advance(connection, request, 2));
        while (connection.outgoing.length > 0) {
          connection.deliver();
          await Promise.all(mockPendingBatches);
          await processed();
        }
        const stalled = connection.requests.filter(({ isAccepted }) => isAccepted && turn % 50 === 49);
        stalled.forEach((request) => this.server.stall(connection, request));
      }
      this.outcomes.forEach((outcome) => outcome.take());
      this.clock.advance(this.server.open.length > 0 ? 300 : 30_000);
      await processed();
    }
  }

  private isOver(): boolean {
    return this.outcomes.every(({ isEnded }) => isEnded)
      && this.server.open.every(({ requests, incoming, outgoing }) => requests.length + incoming.length + outgoing.length === 0);
  }

  private onConnection(what: Step['what'], connection: SimulatedConnection, which: number, much: number): void {
    const request = connection.requests[much % (connection.requests.length || 1)];
    if (what === 'deliver') {
      connection.deliver();
    } else if (what === 'drop') {
      connection.close();
    } else if (what === 'bye') {
      this.server.announceEnd(connection);
    } else if (what === 'end' && connection.isGoingAway) {
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

/** The batches that the client decompresses at present. */
const mockPendingBatches = new Set<Promise<unknown>>();

jest.mock('../../../src/client/messages/message-batch', () => {
  const { unpackBatch } = jest.requireActual<typeof import('../../../src/client/messages/message-batch')>('../../../src/client/messages/message-batch');
  return {
    unpackBatch: (...args: Parameters<typeof unpackBatch>) => {
      const batch = unpackBatch(...args);
      mockPendingBatches.add(batch);
      void batch.finally(() => mockPendingBatches.delete(batch));
      return batch;
    },
  };
});

/** Waits until the client has processed the delivered messages, apart from batches that it still decompresses. */
async function processed(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const COMMON = ['handle', 'handle', 'advance', 'advance', 'advance', 'deliver', 'deliver', 'deliver', 'take', 'take', 'time'] as const;
const FAULTS = ['drop', 'interrupt', 'interrupt', 'repeat', 'stall', 'bye', 'bye', 'end', 'age', 'age'] as const;
const HOUR_MS = 3_600_000;

const anyResults = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 }), { minLength: 2, maxLength: 2 });
const anySubmissions = fc.array(fc.record<Submission>({
  query: fc.constantFrom('q0', 'q1'),
  how: fc.constantFrom('await', 'loop', 'loop with a window'),
}), { minLength: 1, maxLength: 5 });

function steps(...what: Step['what'][]): fc.Arbitrary<Step[]> {
  const step = fc.record<Step>({ what: fc.constantFrom(...COMMON, ...what), which: fc.nat(20), much: fc.nat(20) });
  return fc.array(step, { minLength: 20, maxLength: 150 });
}

async function play(
  parts: readonly (readonly number[])[],
  submissions: readonly Submission[],
  events: readonly Step[],
  seed: number,
): Promise<Scenario> {
  let state = seed;
  const scenario = new Scenario(parts, submissions, () => {
    state = (state * 16807 + 1) % 2147483647;
    return state / 2147483647;
  });
  for (const step of events) {
    await scenario.step(step);
  }
  await scenario.finish();
  scenario.client.close();
  return scenario;
}

/** Expects all rows of one run, once and in order, and no running timer. */
function expectComplete({ outcomes, server, clock }: Scenario): void {
  for (const { rows, outcomesOfQuery: outcomesOfQuery } of outcomes) {
    expect(outcomesOfQuery).toEqual(['complete']);
    if (rows.length > 0) {
      expect(rows).toEqual(server.rowsOf((rows as [string, number][])[0][0]));
    }
  }
  expect(clock.timers).toBe(0);
}

/** Describes queries under random faults, with a number of runs for each test. */
export function describeRandomFaults(numRuns: number): void {
  describe('a query under random faults', () => {
    it('returns all rows once, in order, and one outcome when messages are lost, duplicated or late', async () => {
      await fc.assert(fc.asyncProperty(anyResults, anySubmissions, steps(...FAULTS), fc.nat(), async (parts, submissions, events, seed) => {
        expectComplete(await play(parts, submissions, events, seed));
      }), { numRuns });
    });

    it('returns all rows once when the service closes one connection after the other', async () => {
      await fc.assert(fc.asyncProperty(anyResults, anySubmissions, steps('bye', 'bye', 'end'), fc.nat(), async (parts, submissions, events, seed) => {
        expectComplete(await play(parts, submissions, events, seed));
      }), { numRuns });
    });

    it('ends once without duplicated rows when messages of the client are lost, results expire or queries are canceled', async () => {
      await fc.assert(fc.asyncProperty(anyResults, anySubmissions, steps(...FAULTS, 'lose', 'expire', 'cancel'), fc.nat(), async (parts, submissions, events, seed) => {
        const { outcomes, server, clock } = await play(parts, submissions, events, seed);
        for (const { rows, outcomesOfQuery: outcomesOfQuery } of outcomes) {
          expect(outcomesOfQuery).toHaveLength(1);
          const whole = rows.length > 0 ? server.rowsOf((rows as [string, number][])[0][0]) : [];
          expect(rows).toEqual(outcomesOfQuery[0] === 'complete' ? whole : whole.slice(0, rows.length));
          expect(['complete', 'cancelled', 'result_expired', 'no_response', 'invalid_response']).toContain((outcomesOfQuery[0] as { code?: string }).code ?? outcomesOfQuery[0]);
        }
        expect(clock.timers).toBe(0);
      }), { numRuns });
    });
  });
}

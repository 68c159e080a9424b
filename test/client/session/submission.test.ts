import { connect } from '../../../src/client';
import type { Client, QueryProgress } from '../../../src/client';
import { LimitingService } from '../support/limiting-service';
import type { LimitingServiceOptions } from '../support/limiting-service';
import { ManualClock } from '../support/manual-clock';

const clients: Client[] = [];
let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock();
});
afterEach(() => {
  clients.splice(0).forEach((client) => client.close());
});

function clientOf({ WebSocket }: LimitingService): Client {
  let state = 1;
  const random = (): number => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  const client = connect('ws://service', { WebSocket, clock, random });
  clients.push(client);
  return client;
}

/** Advances the clock until the promise settles. */
async function whileTimePasses<T>(awaited: PromiseLike<T>, stepMs = 50): Promise<T> {
  let isOver = false;
  const over = Promise.resolve(awaited).finally(() => isOver = true);
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(stepMs);
  }
  return over;
}

/** Submits queries at once, and returns the number of those that completed. */
async function completed(client: Client, queries: number): Promise<number> {
  const all = Array.from({ length: queries }, async (_, index) => client.query('one', { index }));
  const settled = await whileTimePasses(Promise.allSettled(all));
  return settled.filter(({ status }) => status === 'fulfilled').length;
}

describe('many queries at once', () => {
  it.each<[string, number, LimitingServiceOptions]>([
    ['1,000 queries with 20 per connection', 1000, {}],
    ['10,000 queries with 20 per connection', 10_000, {}],
    ['2,500 queries with 5 per connection', 2500, { limits: { queriesPerConnection: 5 } }],
    ['200 queries with 1 per connection', 200, { limits: { queriesPerConnection: 1 } }],
    ['1,000 queries with 7 per caller', 1000, { limits: { queriesPerCaller: 7 } }],
    ['1,000 queries if the service does not send its limits', 1000, { sendsLimits: false }],
    ['2,500 short queries with the default throttle and 1,000 per connection', 2500, { limits: { queriesPerConnection: 1000 }, queryMs: 10 }],
    ['500 short queries with a throttle of 10 messages per second', 500, { limits: { messagesPerSecond: 10, burst: 20 }, queryMs: 10 }],
  ])('complete with at most 1.1 messages each when there are %s', async (_, queries, options) => {
    const service = new LimitingService(clock, options);
    expect(await completed(clientOf(service), queries)).toBe(queries);
    expect(service.messages / queries).toBeLessThanOrEqual(1.1);
    // The client can exceed the limits only before it receives them.
    expect(service.throttled).toBeLessThan(5);
  }, 60_000);

  it('are submitted in the order of their calls, also those that were rejected', async () => {
    const service = new LimitingService(clock, { limits: { queriesPerConnection: 3 } });
    await completed(clientOf(service), 100);
    expect(service.rejected).toBeGreaterThan(0);
    const order = service.submitted.map(({ parameters }) => parameters.index as number);
    expect(order).toEqual(Array.from({ length: 100 }, (__, index) => index));
  });

  it('complete when several clients of a caller share its limit', async () => {
    const service = new LimitingService(clock, { limits: { queriesPerCaller: 25 } });
    const counts = await Promise.all([1, 2, 3].map(async () => completed(clientOf(service), 300)));
    expect(counts).toEqual([300, 300, 300]);
    expect(service.messages / 900).toBeLessThanOrEqual(1.2);
  }, 60_000);

  it('complete when another client of the caller uses up the limit for ten minutes, with few attempts', async () => {
    const service = new LimitingService(clock, { limits: { queriesPerCaller: 20 }, queryMs: 600_000 });
    const others = Array.from({ length: 20 }, async () => clientOf(service).query());
    await whileTimePasses(Promise.race([new Promise<void>((resolve) => clock.setTimeout(resolve, 1000)), ...others]));
    expect(await completed(clientOf(service), 1)).toBe(1);
    expect(service.rejected).toBeGreaterThan(10);
    expect(service.rejected).toBeLessThan(50);
    await Promise.all(others);
  }, 60_000);

  it('complete when API Gateway loses one message, which costs no other query a message', async () => {
    const lost = new Set([5, 40, 41, 700]);
    const service = new LimitingService(clock, { losesMessage: (count) => lost.has(count) });
    expect(await completed(clientOf(service), 1000)).toBe(1000);
    // Each lost query is canceled and submitted again.
    expect(service.messages).toBeLessThanOrEqual(1000 + 2 * lost.size + 2);
  });

  it('complete when API Gateway loses the request for the limits', async () => {
    const service = new LimitingService(clock, { losesMessage: (_, { type }) => type === 'ping' });
    expect(await completed(clientOf(service), 200)).toBe(200);
    expect(service.messages / 200).toBeLessThanOrEqual(1.1);
  });

  it('reject with no_response when API Gateway loses every query', async () => {
    const service = new LimitingService(clock, { losesMessage: (_, { type }) => type === 'query' });
    const client = clientOf(service);
    const codes = await whileTimePasses(Promise.all([1, 2, 3].map(async () => client.query().catch(({ code }) => code))));
    expect(codes).toEqual(['no_response', 'no_response', 'no_response']);
  });
});

describe('a query that waits in the client', () => {
  const LIMITS = { limits: { queriesPerConnection: 1 } };

  it('causes no message when it is canceled, by cancel() or a signal', async () => {
    const service = new LimitingService(clock, LIMITS);
    const client = clientOf(service);
    const first = client.query('first');
    await whileTimePasses(first);
    const abort = new AbortController();
    const running = client.query('running');
    const [canceled, aborted, last] = [client.query('canceled'), client.query('aborted', {}, { signal: abort.signal }), client.query('last')];
    const outcomes = Promise.all([canceled.catch(({ code }) => code), aborted.catch((reason) => reason), running, last]);
    await new Promise((resolve) => setImmediate(resolve));
    canceled.cancel();
    abort.abort('no need');
    const [one, other] = await whileTimePasses(outcomes);
    expect([one, other]).toEqual(['cancelled', 'no need']);
    expect(service.submitted.map(({ query }) => query)).toEqual(['first', 'running', 'last']);
  });

  it('reports that it waits, and for how long it did', async () => {
    const service = new LimitingService(clock, LIMITS);
    const client = clientOf(service);
    await whileTimePasses(client.limits());
    const updates: QueryProgress[] = [];
    await whileTimePasses(Promise.all([client.query(), client.query({}, { onProgress: (progress) => updates.push(progress) })]), 10);
    expect(updates.map(({ state }) => state)).toEqual(['waiting', 'submitted', 'accepted']);
    expect(updates[0].queuedMs).toBeUndefined();
    expect(updates[1].queuedMs).toBeGreaterThanOrEqual(1000);
    expect(updates[1].queuedMs).toBeLessThan(1500);
  });

  it('fails when it is too large, without keeping others from being submitted', async () => {
    const service = new LimitingService(clock, LIMITS);
    const client = clientOf(service);
    const large = Array.from({ length: 3000 }, async () => client.query({ text: 'x'.repeat(40_000) }).catch(({ code }) => code));
    const small = client.query('small');
    expect(new Set(await whileTimePasses(Promise.all(large)))).toEqual(new Set(['message_too_large']));
    await whileTimePasses(small.then(() => undefined));
    expect(service.submitted).toHaveLength(1);
  });

  it('fails when the client is closed', async () => {
    const client = clientOf(new LimitingService(clock, LIMITS));
    const codes = Promise.all(Array.from({ length: 50 }, async () => client.query().catch(({ code }) => code)));
    await new Promise((resolve) => setImmediate(resolve));
    client.close();
    expect(new Set(await codes)).toEqual(new Set(['closed']));
    expect(clock.timers).toBeLessThanOrEqual(1);
  });
});

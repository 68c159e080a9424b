import { ConnectionGoneError, ServiceBusyError } from '../../../src/runtime/model/errors';
import type { ExpiryJob } from '../../../src/runtime/model/jobs';
import { callersKnown, identityOf, connectAs } from '../../support/callers';
import { failNext } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { NOTHING } from '../../support/memory/memory-services';
import type { MemoryServices } from '../../support/memory/memory-services';

const HOUR_SECONDS = 3600;

let services: MemoryServices;
let client: MemoryClient;
let beganAt: number;

beforeEach(() => {
  services = callersKnown();
  client = new MemoryClient(services, 'c1');
  beganAt = services.time;
});

async function connectFor(seconds: number, queryString?: Record<string, string>): Promise<void> {
  await connectAs(client, identityOf('ann', { tenant_id: 'acme' }, beganAt + seconds * 1000), queryString);
}

/** Seconds since the beginning. */
function elapsed(): number {
  return (services.time - beganAt) / 1000;
}

/** When something first holds, to the second; undefined where it does not for that long. */
async function firstSecond(holds: () => boolean, within = 2 * HOUR_SECONDS): Promise<number | undefined> {
  while (elapsed() <= within) {
    if (holds()) {
      return elapsed();
    }
    await services.passSeconds(1);
  }
  return undefined;
}

const isNotified = () => client.types().includes('bye');
const isClosed = () => services.connections.closed.includes('c1');

describe('a client whose session expires', () => {
  it.each([
    ['an hour', HOUR_SECONDS, HOUR_SECONDS - 60],
    ['two minutes', 120, 60],
    ['a minute', 60, 30],
    ['four seconds', 4, 2],
  ])('receives a notice before the expiry and is disconnected at the expiry when the session expires in %s', async (_, life, warning) => {
    await connectFor(life);
    expect(await firstSecond(isNotified)).toBe(warning);
    expect(isClosed()).toBe(false);
    expect(await firstSecond(isClosed)).toBe(life);
    expect(client.received()).toEqual([{ type: 'bye', reason: expect.stringContaining('expires soon'), retryable: true }]);
    await client.disconnect();
    expect([services.storedKeys(), services.queue.jobs]).toEqual([[], []]);
  });

  it('has an expiry job with delays within the limit of the queue', async () => {
    await connectFor(HOUR_SECONDS);
    const delays: number[] = [];
    while (services.queue.waiting.length > 0) {
      delays.push(services.queue.waiting[0].delaySeconds);
      await services.doNextJob();
    }
    expect(delays).toEqual([900, 900, 900, 840, 60]);
  });

  it.each([['never', undefined], ['after the two hours that an API Gateway connection lasts at most', 2 * HOUR_SECONDS]])('has no expiry job when the session expires %s', async (_, life) => {
    await connectAs(client, identityOf('ann', {}, life === undefined ? undefined : beganAt + life * 1000));
    expect(services.queue.jobs).toEqual([]);
  });

  it('receives messages until the expiry, and can resume on a new connection without a second run', async () => {
    const renewed = new MemoryClient(services, 'c2');
    services.statementApi.pages = [[['x', 1]]];
    await connectFor(120);
    await client.submit('a', {}, 'own');
    const result = client.result('a');
    await firstSecond(isNotified);
    await connectAs(renewed, identityOf('ann', { tenant_id: 'acme' }, services.time + 3_600_000));
    await renewed.send({ type: 'resume', id: 'r', result, after: -1 });
    await client.disconnect();
    await services.passSeconds(120);
    await services.statementEnded(result);
    expect(renewed.rows(result)).toEqual([['x', 1]]);
    expect(renewed.terminalMessages('r')).toMatchObject([{ type: 'complete' }]);
    expect(services.statementApi.started).toHaveLength(1);
  });

  it.each(['query', 'resume', 'cancel', 'more'])('receives a notice and is disconnected immediately when it sends %s after the expiry', async (type) => {
    await connectFor(60);
    await client.submit('a', { window: 1 }, 'own');
    const result = client.result('a');
    services.time = beganAt + 60_000;
    await client.send({ query: { type, id: 'b', query: 'own' }, resume: { type, id: 'b', result, after: -1 }, cancel: { type, id: 'a' }, more: { type, result, credit: 1 } }[type]);
    expect(client.received().slice(1)).toEqual([{ type: 'bye', reason: 'The session has expired. Connect again with new credentials.', retryable: true }]);
    expect(isClosed()).toBe(true);
    await client.disconnect();
    await services.passSeconds(120);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('receives no rows, terminal message or progress after the expiry', async () => {
    failNext(services.connections, 'close', new ServiceBusyError('throttled'), new ServiceBusyError('throttled'), new ServiceBusyError('throttled'));
    await connectFor(60);
    await client.submit('a', {}, 'own');
    services.time = beganAt + 60_000;
    await services.statementEnded(client.result('a'));
    await services.passSeconds(1);
    expect(client.types().filter((type) => type !== 'bye')).toEqual(['accepted']);
  });

  it('has its running statement canceled after the expiry', async () => {
    services.connections.close = async () => Promise.reject(new ServiceBusyError('throttled'));
    await connectFor(60);
    await client.submit('a', {}, 'own');
    await services.passSeconds(180);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(client.types().filter((type) => type === 'progress').length).toBeLessThan(12);
  });

  it('does not delay other subscribers of the same result', async () => {
    const other = new MemoryClient(services, 'c2');
    await connectAs(other, identityOf('bob', { tenant_id: 'acme' }));
    await connectFor(60);
    await client.submit('a', {}, 'own');
    await other.submit('a', {}, 'own');
    services.time = beganAt + 60_000;
    await services.statementEnded(other.result('a'));
    expect([client.types(), other.types()]).toEqual([['accepted', 'bye'], ['accepted', 'rows', 'complete']]);
  });

  it('receives no error about the query in its URL when the session expires before the query is rejected', async () => {
    await client.connect({ query: 'nothing' }, [], { identity: identityOf('ann', {}, beganAt + 5000) });
    await services.passSeconds(6);
    client.open();
    await services.passSeconds(60);
    expect(client.types()).toEqual(['bye']);
  });

  it('receives a notice and is disconnected when the connection opens after the expiry', async () => {
    await client.connect({}, [], { identity: identityOf('ann', {}, beganAt + 2000) });
    await services.passSeconds(8);
    client.open();
    await services.passSeconds(20);
    expect(client.received()).toMatchObject([{ type: 'bye', reason: expect.stringContaining('has expired') }]);
    expect(isClosed()).toBe(true);
    expect(services.queue.jobs).toEqual([]);
  });

  it('receives a notice when the connection opens between the failed notice and the close', async () => {
    await client.connect({}, [], { identity: identityOf('ann', {}, beganAt + 1000) });
    failNext(services.connections, 'post', new ConnectionGoneError('c1'));
    client.open();
    await services.passSeconds(20);
    expect(client.types()).toEqual(['bye']);
    expect(isClosed()).toBe(true);
  });

  it('is disconnected when its buffer is full', async () => {
    services.connections.post = async () => Promise.reject(new ServiceBusyError('the buffer is full'));
    await connectFor(60);
    expect(await firstSecond(isClosed)).toBeLessThan(120);
  });
});

describe('the expiry job', () => {
  function expiryJob(): ExpiryJob {
    return services.queue.jobs.find((job): job is ExpiryJob => job.type === 'expiry')!;
  }

  it.each([
    ['with', async () => client.disconnect()],
    ['without', () => client.closeConnection()],
  ])('ends when the client has left %s a disconnect event', async (_, leave) => {
    await connectFor(HOUR_SECONDS);
    await leave();
    await services.passSeconds(HOUR_SECONDS + 120);
    expect([client.received(), services.connections.closed, services.queue.jobs]).toEqual([[], [], []]);
  });

  it('closes the connection only at the expiry when it arrives twice, late or out of order', async () => {
    await connectFor(120);
    const early = expiryJob();
    await services.queue.send(early, 10);
    await services.queue.send(early, 90);
    await services.queue.send({ ...early, warned: true }, 20);
    await services.queue.send(early, 500);
    await services.passSeconds(119);
    expect(isClosed()).toBe(false);
    await services.passSeconds(1);
    expect(isClosed()).toBe(true);
    expect(new Set(client.types())).toEqual(new Set(['bye']));
    await client.disconnect();
    await services.passSeconds(900);
    expect([services.storedKeys(), services.queue.jobs, services.queue.deadLetters]).toEqual([[], [], []]);
  });

  it('is retried when a service is busy', async () => {
    await connectFor(120);
    failNext(services.store, 'identity', new ServiceBusyError('throttled'));
    failNext(services.connections, 'close', new ServiceBusyError('throttled'), new ServiceBusyError('throttled'));
    expect(await firstSecond(isClosed)).toBeGreaterThanOrEqual(120);
    expect(client.types()).toEqual(['bye']);
  });

  it('ends when the connection has closed in the meantime', async () => {
    await connectFor(120);
    failNext(services.connections, 'close', new ConnectionGoneError('c1'));
    services.time = beganAt + 120_000;
    await services.passSeconds(60);
    expect(services.queue.jobs).toEqual([]);
  });

  it('closes the connection and becomes a dead letter when the table cannot be read', async () => {
    services.store.identity = async () => Promise.reject(new Error('no permission'));
    await connectFor(120);
    await services.passSeconds(3000);
    expect(isClosed()).toBe(true);
    expect(services.queue.deadLetters.length).toBeGreaterThan(0);
    expect(services.queue.jobs).toEqual([]);
  });
});

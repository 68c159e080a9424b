import type { CompleteMessage } from '../../../src/protocol/messages';
import { ThrottledError } from '../../../src/runtime/model/errors';
import { incompressible } from '../../support/incompressible';
import { beforeEvery, failNext } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices } from '../../support/memory/memory-services';
import { FINISHED } from '../../support/memory/memory-statement-api';

const PAGES = [0, 1, 2].map((page) => [0, 1].map((row) => [incompressible(20_000, 2 * page + row), row]));

let services: MemoryServices;
let client: MemoryClient;

/** Every call takes its own time. */
beforeEach(() => {
  services = new MemoryServices();
  services.statementApi.pages = PAGES;
  beforeEvery(services.statementApi, 'fetchPage', () => void (services.time += 100));
  beforeEvery(services.results, 'store', () => void (services.time += 10));
  beforeEvery(services.connections, 'post', () => void (services.time += 1));
  client = new MemoryClient(services, 'c1');
});

async function end(query = 'reused'): Promise<string> {
  await client.submit('a', {}, query);
  const result = client.result('a');
  services.time += 500;
  const endedAt = services.time;
  services.time += 50;
  await services.statementEnded(result, { ...FINISHED, endedAt });
  return result;
}

function timingOf(of: MemoryClient, id: string) {
  return (of.terminalMessages(id)[0] as CompleteMessage).timing;
}

test('the timing has separate durations for fetching and storing pages, and for sending rows', async () => {
  await end();
  expect(timingOf(client, 'a')).toEqual({ waitingMs: expect.any(Number), runningMs: 40, eventMs: 50, fetchingMs: 3 * 100 + 3 * 10, pushingMs: 6 });
  const { waitingMs, runningMs } = timingOf(client, 'a');
  expect(waitingMs + runningMs).toBeGreaterThanOrEqual(500);
});

test('fetchingMs includes the time before an interruption, and excludes the retry delay', async () => {
  failNext(services.statementApi, 'fetchPage', undefined, new ThrottledError('20 a second'));
  await end();
  await services.passSeconds(60);
  const { fetchingMs, eventMs } = timingOf(client, 'a');
  expect(fetchingMs).toBeGreaterThanOrEqual(330);
  expect(fetchingMs).toBeLessThan(500);
  expect(eventMs).toBe(50);
});

test('the timing of a cached or resumed result is that of its run, with the pushingMs of its own rows', async () => {
  const result = await end();
  await services.passSeconds(10);
  const [cached, resumed] = [new MemoryClient(services, 'c2'), new MemoryClient(services, 'c3')];
  await cached.submit('b', {}, 'reused');
  await resumed.send({ type: 'resume', id: 'r', result, after: 3 });
  await services.passSeconds(10);
  const { pushingMs, ...ofRun } = timingOf(client, 'a');
  expect(pushingMs).toBe(6);
  expect(timingOf(cached, 'b')).toEqual({ ...ofRun, pushingMs: 6 });
  expect(timingOf(resumed, 'r')).toEqual({ ...ofRun, pushingMs: 2 });
});

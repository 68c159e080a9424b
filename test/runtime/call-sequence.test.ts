import { CallRounds } from '../support/memory/call-rounds';
import { MemoryClient } from '../support/memory/memory-client';
import { eventJob, MemoryServices } from '../support/memory/memory-services';

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
});

/** The calls of some work: those of one line wait for their responses at the same time. */
async function callsOf(work: () => Promise<unknown>): Promise<string[]> {
  const rounds = new CallRounds();
  services.watchCalls(rounds);
  await rounds.endAll(work());
  return rounds.rounds.map((calls) => calls.join(', '));
}

describe('the calls of a query', () => {
  it('from the message to the start of the statement', async () => {
    expect(await callsOf(async () => client.submit('a'))).toEqual([
      'requests, cachedRun',
      'sendAll',
      'createRun, createRequest',
      'setCachedRun, requests',
      'saveRequest, saveRun, subscribe',
      'post, start',
      'saveRun',
      'saveRequest',
    ]);
  });

  it('from the event to the removal of the request', async () => {
    await client.submit('a');
    services.statementApi.end(client.result('a'));
    await services.queue.send(eventJob(client.result('a')));
    expect(await callsOf(async () => services.passSeconds(0))).toEqual([
      'describe, fetchPage, subscribers, acquireRun',
      'saveRun, acquireRequest',
      'subscribers, post',
      'saveRequest',
      'post',
      'unsubscribe',
      'removeRequest',
    ]);
  });

  it('when it joins a run in flight', async () => {
    await client.submit('a');
    const other = new MemoryClient(services, 'c2');
    expect(await callsOf(async () => other.submit('b'))).toEqual([
      'requests, cachedRun',
      'sendAll',
      'createRequest',
      'run, requests',
      'subscribe',
      'run',
      'saveRequest',
      'post',
      'saveRequest',
    ]);
  });

  it('when it reuses a stored result', async () => {
    await client.submit('a', {}, 'reused');
    await services.statementEnded(client.result('a'));
    const other = new MemoryClient(services, 'c2');
    expect(await callsOf(async () => {
      await other.submit('b', {}, 'reused');
      await services.passSeconds(0);
    })).toEqual([
      'requests, cachedRun',
      'sendAll',
      'createRequest',
      'run, requests',
      'subscribe',
      'run',
      'saveRequest',
      'post',
      'post',
      'saveRequest',
      'post',
      'unsubscribe',
      'removeRequest',
    ]);
  });

  it('when it is invalid', async () => {
    expect(await callsOf(async () => client.send({ type: 'query', id: 'a', parameters: {} }))).toEqual(['post']);
    expect(services.queue.jobs).toEqual([]);
  });

  it('when a limit is reached', async () => {
    services.maxQueriesPerConnection = 0;
    expect(await callsOf(async () => client.submit('a'))).toEqual(['requests, cachedRun', 'post']);
    expect(services.queue.jobs).toEqual([]);
  });
});

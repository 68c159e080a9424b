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
      'createRequest, sendAll',
      'post, start, sendAll',
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
      'subscribers, expireCachedRun, post',
      'endRequest',
      'post',
      'removeRequest',
    ]);
  });

  it('when it joins a run in flight', async () => {
    await client.submit('a');
    const other = new MemoryClient(services, 'c2');
    expect(await callsOf(async () => other.submit('b'))).toEqual([
      'createRequest, sendAll',
      'createRequest',
      'run',
      'post',
      'saveRequest',
    ]);
  });

  it('when the result of an earlier run is not reused', async () => {
    await client.submit('a');
    await services.statementEnded(client.result('a'));
    expect(await callsOf(async () => client.submit('b'))).toEqual([
      'createRequest, sendAll',
      'post, start, sendAll',
      'saveRun',
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
      'createRequest, sendAll',
      'createRequest',
      'run',
      'post',
      'post',
      'endRequest',
      'post',
      'removeRequest',
    ]);
  });

  it('when it is invalid', async () => {
    expect(await callsOf(async () => client.send({ type: 'query', id: 'a', parameters: {} }))).toEqual(['post']);
    expect(services.queue.jobs).toEqual([]);
  });

  it('when a limit is reached', async () => {
    services.maxQueriesPerConnection = 1;
    await client.submit('a');
    const jobs = services.queue.jobs.length;
    expect(await callsOf(async () => client.submit('b', {}, 'reused'))).toEqual(['createRequest, sendAll', 'slotsInUse', 'post']);
    expect(services.queue.jobs).toHaveLength(jobs + 1);
    expect(await callsOf(async () => client.submit('c', {}, 'reused'))).toEqual(['createRequest', 'slotsInUse', 'post']);
    expect(services.queue.jobs).toHaveLength(jobs + 1);
  });
});

import { createStatementName, readJob } from '../../src/runtime/delivery/statement-event';
import { CallRounds } from '../support/memory/call-rounds';
import { MemoryClient } from '../support/memory/memory-client';
import { eventJob, MemoryServices } from '../support/memory/memory-services';
import { FINISHED, statementId } from '../support/memory/memory-statement-api';

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
      'post, start',
      'saveRun',
      'saveRequest',
    ]);
  });

  it('when its statement ends while the function waits', async () => {
    services.inlineWaitSeconds = 1;
    services.statementApi.endOfWait = FINISHED;
    expect(await callsOf(async () => client.submit('a'))).toEqual([
      'createRequest, sendAll',
      'post, start',
      'fetchPage',
      'saveRun',
      'subscribers, expireCachedRun, post',
      'endRequest',
      'post',
      'removeRequest',
    ]);
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
    expect(client.rows(client.result('a'))).toEqual(services.statementApi.pages.flat());
  });

  it('when its event arrives after the result', async () => {
    services.inlineWaitSeconds = 1;
    services.statementApi.endOfWait = FINISHED;
    await client.submit('a');
    const [{ run, waitsUntil }] = services.statementApi.started;
    const event = {
      'time': new Date(waitsUntil!).toISOString(),
      'detail-type': 'Redshift Data Statement Status Change',
      'detail': { statementId: statementId(run), statementName: createStatementName('prefix/', { run, waitsUntil }), state: 'FINISHED' },
    };
    await services.queue.send(readJob(JSON.stringify(event), 'prefix/'));
    expect(await callsOf(async () => services.passSeconds(0))).toEqual(['acquireRun', 'subscribers', 'saveRun', 'subscribers']);
    expect(await callsOf(async () => services.passSeconds(60))).toEqual(['run', 'acquireRequest']);
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
      'createRequest, run',
      'post, run',
      'saveRequest',
    ]);
  });

  it('when the result of an earlier run is not reused', async () => {
    await client.submit('a');
    await services.statementEnded(client.result('a'));
    expect(await callsOf(async () => client.submit('b'))).toEqual([
      'createRequest, sendAll',
      'post, start',
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
      'createRequest, run',
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
    expect(services.queue.jobs).toHaveLength(jobs + 2);
    expect(await callsOf(async () => client.submit('c', {}, 'reused'))).toEqual(['createRequest', 'slotsInUse', 'post']);
    expect(services.queue.jobs).toHaveLength(jobs + 2);
  });
});

import { ThrottledError, StatementRejectedError } from '../../../src/runtime/model/errors';
import { incompressible } from '../../support/incompressible';
import { beforeEvery, failNext } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

describe('fetching a result', () => {
  let services: MemoryServices;
  let client: MemoryClient;
  let result: string;

  beforeEach(async () => {
    services = new MemoryServices();
    client = new MemoryClient(services, 'c1');
    await client.submit('a');
    result = client.result('a');
  });

  it('cancels the statement and returns an error when Redshift rejects a call for a statement that still runs', async () => {
    failNext(services.statementApi, 'describe', new StatementRejectedError('AccessDeniedException'));
    await services.eventArrives(result);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'error', code: 'start_refused', retryable: false }]);
    expect(services.statementApi.cancelled).toEqual([result]);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('retries a throttled page after a second when the page before it was fetched', async () => {
    services.statementApi.pages = Array.from({ length: 10 }, (_, row) => [[incompressible(20_000, row), row]]);
    let calls = 0;
    beforeEvery(services.statementApi, 'fetchPage', () => {
      calls += 1;
      if (calls % 2 === 0) {
        throw new ThrottledError('20 a second');
      }
    });
    await services.statementEnded(result);
    await services.passSeconds(10);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: 10 }]);
  });

  it('stores the pages so far and continues in the next invocation when the time left is too short for another page', async () => {
    services.statementApi.pages = Array.from({ length: 4 }, (_, row) => [[incompressible(20_000, row), row]]);
    beforeEvery(services.statementApi, 'fetchPage', () => void (services.time += 15_000));
    const deadline = services.deadline();
    const startedAt: number[] = [];
    beforeEvery(services.statementApi, 'fetchPage', () => void startedAt.push(services.time));
    await services.statementEnded(result);
    expect(startedAt.filter((time) => time < deadline && time > deadline - 20_000)).toEqual([]);
    await services.passSeconds(120);
    expect(services.statementApi.fetches).toBe(4);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: 4 }]);
  });
});

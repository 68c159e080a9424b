import { startRun } from '../../../src/runtime/runs/start-run';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices } from '../../support/memory/memory-services';

describe('startRun', () => {
  it('releases the lease when the statement has been started already', async () => {
    const services = new MemoryServices();
    const client = new MemoryClient(services, 'c1');
    await client.submit('a');
    const run = client.result('a');
    await startRun(services, run, services.deadline());
    const lease = { holder: 'another function', until: services.deadline() };
    expect(await services.store.acquireRun(run, lease)).toMatchObject({ state: 'acquired', record: { statementId: expect.any(String) }, crashes: 0 });
    expect(services.statementApi.started).toHaveLength(1);
  });
});

import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices } from '../../support/memory/memory-services';

describe('deliverResult', () => {
  it('removes a subscription that an earlier request with the same id left behind when a later request uses the id', async () => {
    const services = new MemoryServices();
    const client = new MemoryClient(services, 'c1');
    await client.submit('a');
    const result = client.result('a');
    const [subscriber] = await services.store.subscribers(result);
    await services.store.subscribe(result, { ...subscriber, id: 'b', request: 'an earlier request' });
    await client.submit('b', undefined, 'reused');
    await services.statementEnded(result);
    await services.passSeconds(5);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
    expect(client.types().filter((type) => type === 'complete')).toHaveLength(1);
    expect(await services.store.subscribers(result)).toEqual([]);
  });
});

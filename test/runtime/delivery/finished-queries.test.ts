import { ServiceBusyError } from '../../../src/runtime/model/errors';
import { callersKnown, identityOf, connectAs } from '../../support/callers';
import { beforeEvery } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices } from '../../support/memory/memory-services';

/** Submits as many queries as one connection may have in flight, and completes them while the client can't receive their terminal messages. */
async function completeWithoutSubscriber(services: MemoryServices, client: MemoryClient, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    await client.submit(`q${number}`);
  }
  let isFull = true;
  beforeEvery(services.connections, 'post', () => {
    if (isFull) {
      throw new ServiceBusyError('buffer full');
    }
  });
  await services.statementEnded(client.result('q0'), { state: 'finished', hasResultSet: false, runningMs: 1 });
  isFull = false;
}

describe('a query whose terminal message is stored but not delivered yet', () => {
  it('does not count toward the limit of its connection', async () => {
    const services = new MemoryServices();
    const client = new MemoryClient(services, 'c1');
    await completeWithoutSubscriber(services, client, services.maxQueriesPerConnection);
    expect(client.types()).not.toContain('complete');
    await client.submit('next', undefined, 'reused');
    expect(client.received().at(-1)).toMatchObject({ type: 'accepted', id: 'next' });
  });

  it('does not count toward the limit of its caller on another connection', async () => {
    const services = callersKnown();
    services.maxQueriesPerCaller = 2;
    const [client, other] = [new MemoryClient(services, 'c1'), new MemoryClient(services, 'c2')];
    await connectAs(client, identityOf('ann'));
    await connectAs(other, identityOf('ann'));
    await completeWithoutSubscriber(services, client, 2);
    await other.submit('next', undefined, 'reused');
    expect(other.received().at(-1)).toMatchObject({ type: 'accepted', id: 'next' });
  });
});

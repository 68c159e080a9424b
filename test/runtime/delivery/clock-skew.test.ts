import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices } from '../../support/memory/memory-services';

describe('progress', () => {
  it('has an elapsed time that is not negative when the clock of the function is behind that of the one before', async () => {
    const services = new MemoryServices();
    const client = new MemoryClient(services, 'c1');
    await client.submit('a');
    services.time += 5000;
    const [check] = services.queue.waiting;
    services.queue.waiting[0] = { ...check, at: services.time - 10_000 };
    services.time -= 10_000;
    await services.doNextJob();
    expect(client.received().at(-1)).toMatchObject({ type: 'progress', state: 'running', elapsedMs: 0 });
  });
});

import { ServiceBusyError } from '../../../src/runtime/model/errors';
import { beforeEvery } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices } from '../../support/memory/memory-services';

const MESSAGES = 12;
const SEQS = Array.from({ length: MESSAGES }, (_, seq) => seq);

describe('posting rows', () => {
  let services: MemoryServices;
  let client: MemoryClient;
  let result: string;

  beforeEach(async () => {
    services = new MemoryServices();
    // Few bytes once compressed: all messages are in one chunk.
    services.statementApi.pages = [SEQS.map((seq) => ['x'.repeat(20_000), seq])];
    client = new MemoryClient(services, 'c1');
    await client.submit('a');
    result = client.result('a');
  });

  function seqs(): number[] {
    return client.rowsMessages().map(({ seq }) => seq);
  }

  it('stops before the deadline when posts are slow, and continues in the next invocation', async () => {
    const postedAt: number[] = [];
    beforeEvery(services.connections, 'post', () => {
      postedAt.push(services.time);
      services.time += 10_000;
    });
    const deadline = services.deadline();
    await services.queue.send({ type: 'run', run: result, attempt: 1 });
    services.statementApi.end(result);
    await services.doNextJob();
    expect(Math.max(...postedAt)).toBeLessThanOrEqual(deadline - 5000);
    expect(seqs()).toEqual(SEQS.slice(0, postedAt.length));
    await services.passSeconds(600);
    expect(seqs()).toEqual(SEQS);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: MESSAGES }]);
  });

  it('retries after a second when the client has accepted a message since the last failure', async () => {
    let posts = 0;
    beforeEvery(services.connections, 'post', () => {
      posts += 1;
      if (posts % 2 === 0) {
        throw new ServiceBusyError('buffer full');
      }
    });
    await services.statementEnded(result);
    await services.passSeconds(MESSAGES + 2);
    expect(seqs()).toEqual(SEQS);
  });
});

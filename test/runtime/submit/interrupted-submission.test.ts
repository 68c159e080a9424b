import { interruptionsOf } from '../../support/memory/interventions';
import type { InterruptionKind } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';
import { FINISHED } from '../../support/memory/memory-statement-api';

/** The calls of OnMessage for a query request without a stored run. */
const CALLS = ['createRequest', 'sendAll', 'post', 'start', 'saveRun', 'saveRequest'];

/** The calls when the statement ends while OnMessage waits. */
const CALLS_WITH_RESULT = [
  'createRequest', 'sendAll', 'post', 'start', 'fetchPage', 'saveRun', 'subscribers', 'expireCachedRun', 'post', 'endRequest', 'post', 'removeRequest',
];

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
});

/** Submits a query, interrupts one of the calls, and ends the statement later. */
async function submitInterrupted(kind: InterruptionKind, nthCall: number): Promise<void> {
  services.interrupt(kind, nthCall);
  await services.untilDone(async () => client.submit('a'));
  await services.passSeconds(45);
  await Promise.all(services.statementApi.running.map(async (run) => services.statementEnded(run)));
  await services.passSeconds(600);
}

describe.each([
  { statement: 'a statement that continues', calls: CALLS, endOfWait: undefined },
  { statement: 'a statement that ends meanwhile', calls: CALLS_WITH_RESULT, endOfWait: FINISHED },
])('OnMessage for a query with $statement', ({ calls, endOfWait }) => {
  beforeEach(() => {
    services.inlineWaitSeconds = 1;
    services.statementApi.endOfWait = endOfWait;
  });

  it('makes the expected calls in order', async () => {
    const { calls: made } = services.interrupt('failure before', Infinity);
    await client.submit('a');
    expect(made).toEqual(calls);
  });

  it.each(interruptionsOf(calls))('completes, rejects or loses the query as a whole and leaves no records after the client disconnects when there is a $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    await submitInterrupted(kind, nthCall);
    if (client.types().includes('accepted')) {
      expect(client.rows(client.result('a'))).toEqual(services.statementApi.pages[0]);
      expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete' }]);
    } else if (kind.startsWith('crash')) {
      expect(client.received()).toEqual([]);
    } else {
      expect(client.received()).toMatchObject([{ type: 'error', id: 'a', code: 'internal', retryable: true }]);
    }
    await client.disconnect();
    await services.passSeconds(600);
    expect(services.unfinished()).toEqual(NOTHING);
    expect(services.queue.deadLetters).toEqual([]);
  });
});

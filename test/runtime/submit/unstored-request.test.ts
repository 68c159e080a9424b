import { ServiceBusyError } from '../../../src/runtime/model/errors';
import { failAfter, failNext } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

const BUSY = new ServiceBusyError('throttled');
const COULD_NOT_BE_STORED = { type: 'error', id: 'a', code: 'internal', retryable: true };

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
});

describe('a query for which the result of the write to the table is unknown', () => {
  beforeEach(() => failNext(services.store, 'removeRequest', BUSY));

  it('ends in an error, and is processed without effect on its client, when it is stored', async () => {
    failAfter(services.store, 'createRequest', BUSY);
    await client.submit('a');
    expect(client.received()).toMatchObject([COULD_NOT_BE_STORED]);
    await services.passSeconds(45);
    await services.statementEnded(client.result('a'));
    await services.passSeconds(120);
    expect(client.types().filter((type) => type !== 'progress')).toEqual(['error', 'accepted', 'rows', 'complete']);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('ends in an error when it is not stored', async () => {
    failNext(services.store, 'createRequest', BUSY);
    await client.submit('a');
    await services.passSeconds(120);
    expect(client.received()).toMatchObject([COULD_NOT_BE_STORED]);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('ends in an error when its connection is open and the URL submitted it', async () => {
    failNext(services.store, 'createRequest', BUSY);
    await client.connect({ query: 'everything' });
    await services.passSeconds(3);
    expect(client.received()).toEqual([]);
    client.open();
    await services.passSeconds(120);
    expect(client.received()).toMatchObject([{ ...COULD_NOT_BE_STORED, id: 'connect' }]);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

test('a query is rejected immediately when it was removed from the table', async () => {
  failAfter(services.store, 'createRequest', BUSY);
  await client.submit('a');
  expect(client.received()).toMatchObject([COULD_NOT_BE_STORED]);
  await services.passSeconds(120);
  expect(client.received()).toHaveLength(1);
  expect(services.unfinished()).toEqual(NOTHING);
});

import { onDisconnect } from '../../../src/runtime/disconnect/on-disconnect';
import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import { beforeNext, failNext, interruptionsOf } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../../support/memory/memory-services';

let services: MemoryServices;
let client: MemoryClient;
let other: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  client = new MemoryClient(services, 'c1');
  other = new MemoryClient(services, 'c2');
});

describe('OnDisconnect', () => {
  const calls = ['requests', 'removeRequest', 'removeRequest', 'send', 'send'];

  beforeEach(async () => {
    await client.submit('a');
    await client.submit('b', undefined, 'reused');
  });

  it('makes the expected calls in order', async () => {
    const interruption = services.interrupt('failure before', Infinity);
    await client.disconnect();
    expect(interruption.calls).toEqual(calls);
  });

  it.each(interruptionsOf(calls))('cancels both statements and leaves no records when there is a $kind call $nthCall ($call)', async ({ kind, nthCall }) => {
    services.interrupt(kind, nthCall);
    await services.untilDone(async () => client.disconnect().catch((error: Error) => expect(error.message).toMatch(/throttled|timed out|surprise/)));
    await services.passSeconds(300);
    expect(services.statementApi.cancelled).toHaveLength(2);
    expect(services.unfinished()).toEqual(NOTHING);
  });
});

describe('a client whose disconnect event arrives while posts to it still succeed', () => {
  afterEach(async () => {
    await services.passSeconds(60);
    expect(services.statementApi.started).toHaveLength(1);
    expect(services.statementApi.cancelled).toHaveLength(1);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('has its statement canceled when its query joins its run after OnDisconnect read the query', async () => {
    failNext(services.store, 'requests', undefined, new ThrottledError('throttled'));
    await client.submit('a');
    beforeNext(services.store, 'removeRequest', async () => services.passSeconds(2));
    await onDisconnect(services, 'c1');
  });

  it('has its statement canceled when its query subscribes to its run and the run cannot be read', async () => {
    await client.submit('a');
    failNext(services.store, 'run', undefined, new ThrottledError('throttled'));
    await other.submit('a');
    await onDisconnect(services, 'c2');
    await onDisconnect(services, 'c1');
  });

  it('has its statement canceled when its query joins the run again while OnDisconnect removes the query', async () => {
    await client.connect({ query: 'everything' });
    await services.passSeconds(0);
    client.open();
    beforeNext(services.store, 'run', async () => onDisconnect(services, 'c1'));
    await services.passSeconds(2);
    expect(client.terminalMessages('connect')).toEqual([]);
  });

  it('has its statement canceled when its query joins the run again, its buffer is full and OnDisconnect removes the query', async () => {
    await client.connect({ query: 'everything' });
    client.open();
    beforeNext(services.store, 'run', async () => onDisconnect(services, 'c1'));
    failNext(services.connections, 'post', new ServiceBusyError('the buffer of the client is full'));
    await services.passSeconds(2);
  });

  it('has its statement canceled when OnDisconnect runs just before the accepted message', async () => {
    beforeNext(services.connections, 'post', async () => onDisconnect(services, 'c1'));
    await client.submit('a');
  });
});

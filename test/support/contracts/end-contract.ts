import { keyOf, newLease } from './store-fixture';
import { TERMINAL } from './store-under-test';
import type { StoreUnderTest } from './store-under-test';
import type { Lease, Store } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';

/** The rules of `Store` for the ends of requests. */
export function describeEnds(tested: StoreUnderTest): void {
  const { clock } = tested;
  const createdRequest = async (changes?: Partial<Request>) => tested.createdRequestOfCaller(changes);
  let store: Store;

  beforeAll(() => void ({ store } = tested));

  describe('endRequest', () => {
    it('stores the terminal message and other changes, and frees the slots', async () => {
      const { request, lease } = await createdRequest();
      const { subscribers } = await tested.recordsOf(request);
      expect(await store.endRequest(request, lease, { ...TERMINAL, seq: 7, queryRequest: undefined })).toBe(true);
      const ended = { ...request, ...TERMINAL, seq: 7, queryRequest: undefined };
      expect(await tested.recordsOf(request)).toEqual({ requests: [ended], slots: { connection: [], caller: [] }, subscribers });
    });

    it('frees the slots of its request only', async () => {
      const { request, lease } = await createdRequest();
      const { connectionId, caller } = request;
      await createdRequest({ connectionId, caller, id: 'b', slots: { connection: 2, caller: 1 } });
      await store.endRequest(request, lease, TERMINAL);
      expect(await store.slotsInUse(connectionId, caller)).toEqual({ connection: [2], caller: [1] });
    });

    it('retains the lease, or releases it if the caller wants so', async () => {
      const [retained, released] = [await createdRequest(), await createdRequest()];
      expect(await store.endRequest(retained.request, retained.lease, TERMINAL)).toBe(true);
      expect(await store.acquireRequest(retained.request, newLease(clock))).toEqual({ state: 'held' });
      expect(await store.saveRequest(retained.request, retained.lease, { seq: 1 })).toEqual({ ...retained.request, ...TERMINAL, seq: 1 });
      expect(await store.endRequest(released.request, released.lease, TERMINAL, true)).toBe(true);
      expect(await store.acquireRequest(released.request, newLease(clock)))
        .toEqual({ state: 'acquired', record: { ...released.request, ...TERMINAL }, crashes: 0 });
    });

    it.each<[string, (request: Request, lease: Lease) => Promise<unknown>]>([
      ['another function has taken over the request', async (request) => store.takeOverRequest(keyOf(request), newLease(clock))],
      ['the lease was released', async (request, lease) => store.saveRequest(keyOf(request), lease, {}, true)],
      ['the request was removed', async (request) => store.removeRequest(request)],
      ['the request has expired', async () => clock.passLife()],
      ['another request has the id and the slots', async (request, lease) => {
        await store.endRequest(request, lease, TERMINAL);
        await createdRequest({ connectionId: request.connectionId, caller: request.caller });
      }],
    ])('returns false and has no effect when %s', async (__, lose) => {
      const { request, lease } = await createdRequest();
      await lose(request, lease);
      const records = await tested.recordsOf(request);
      expect(await store.endRequest(request, lease, TERMINAL, true)).toBe(false);
      expect(await tested.recordsOf(request)).toEqual(records);
    });

    it('does not free slots that another request uses when it ends a request twice', async () => {
      const { request, lease } = await createdRequest();
      const { connectionId, caller } = request;
      await store.endRequest(request, lease, TERMINAL);
      await createdRequest({ connectionId, caller, id: 'b' });
      expect(await store.endRequest(request, lease, { terminalMessage: '{"type":"error"}' })).toBe(true);
      expect(await store.slotsInUse(connectionId, caller)).toEqual({ connection: [1], caller: [2] });
    });
  });
}

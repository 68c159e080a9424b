import { newLease, newName, subscriberOf } from './store-fixture';
import { TERMINAL } from './store-under-test';
import type { StoreUnderTest } from './store-under-test';
import type { Store } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';

const NOTHING = { requests: [], slots: { connection: [], caller: [] }, subscribers: [] };

/** The rules of `Store` for the removal of requests. */
export function describeRemovals(tested: StoreUnderTest): void {
  const { clock } = tested;
  const createdRequest = async (changes?: Partial<Request>) => tested.createdRequestOfCaller(changes);
  let store: Store;

  beforeAll(() => void ({ store } = tested));

  describe('removeRequest', () => {
    it('removes a request, its subscription, and its slots, and returns its run', async () => {
      const { request } = await createdRequest();
      expect(await store.removeRequest(request)).toBe(request.run);
      expect(await tested.recordsOf(request)).toEqual(NOTHING);
      expect(await store.removeRequest(request)).toBeUndefined();
      expect(await tested.recordsOf(request)).toEqual(NOTHING);
    });

    it('removes the request of a subscriber', async () => {
      const { request } = await createdRequest();
      expect(await store.removeRequest({ ...subscriberOf(request), run: request.run })).toBe(request.run);
      expect(await tested.recordsOf(request)).toEqual(NOTHING);
    });

    it('removes a request that another function works on, which loses its lease', async () => {
      const { request, lease } = await createdRequest();
      await store.removeRequest(request);
      expect(await store.saveRequest(request, lease, { seq: 1 })).toBeUndefined();
      expect(await store.acquireRequest(request, newLease(clock))).toEqual({ state: 'missing' });
    });

    it('does not affect another request with the same id, its subscription, or its slots', async () => {
      const { request } = await createdRequest();
      const records = await tested.recordsOf(request);
      expect(await store.removeRequest({ ...request, request: newName('request') })).toBeUndefined();
      expect(await tested.recordsOf(request)).toEqual(records);
      expect(records).toEqual({ requests: [request], slots: { connection: [1], caller: [2] }, subscribers: [subscriberOf(request)] });
    });

    it('does not affect other requests of the connection, the caller, and the run', async () => {
      const { request } = await createdRequest();
      const { connectionId, caller, run } = request;
      const { request: neighbor } = await createdRequest({ connectionId, caller, run, id: 'b', slots: { connection: 2, caller: 1 } });
      await store.removeRequest(request);
      expect(await tested.recordsOf(request))
        .toEqual({ requests: [neighbor], slots: { connection: [2], caller: [1] }, subscribers: [subscriberOf(neighbor)] });
    });

    it('removes the subscription of the run to which a request was moved meanwhile, and returns this run', async () => {
      const { request, lease } = await createdRequest();
      const moved = { ...request, run: newName('run') };
      await store.moveRequest(moved, lease, request.run);
      expect(await store.removeRequest(request)).toBe(moved.run);
      expect(await tested.recordsOf(moved)).toEqual(NOTHING);
      expect(await store.subscribers(request.run)).toEqual([]);
    });

    it.each([['was read before', {}], ['was read after', TERMINAL]])('does not free slots that another request uses when the request has ended and %s', async (__, read) => {
      const { request, lease } = await createdRequest();
      const { connectionId, caller } = request;
      await store.endRequest(request, lease, TERMINAL);
      const { request: next } = await createdRequest({ connectionId, caller, id: 'b' });
      expect(await store.removeRequest({ ...request, ...read })).toBe(request.run);
      expect(await tested.recordsOf(next)).toEqual({ requests: [next], slots: { connection: [1], caller: [2] }, subscribers: [subscriberOf(next)] });
      expect(await store.subscribers(request.run)).toEqual([]);
    });

    it.each([['was read before', {}], ['was read after', TERMINAL]])('follows a request that was moved and has ended when it %s', async (__, read) => {
      const { request, lease } = await createdRequest();
      const moved = { ...request, run: newName('run') };
      await store.moveRequest(moved, lease, request.run);
      await store.endRequest(moved, lease, TERMINAL);
      const { request: next } = await createdRequest({ connectionId: request.connectionId, caller: request.caller, id: 'b' });
      expect(await store.removeRequest({ ...request, ...read })).toBe(moved.run);
      expect(await tested.recordsOf(next)).toMatchObject({ requests: [next], slots: { connection: [1], caller: [2] } });
      expect(await store.subscribers(moved.run)).toEqual([]);
    });

    it.each([['was read before', {}], ['was read after', TERMINAL]])('removes the subscription of a request that has ended, %s, and whose id another has', async (__, read) => {
      const { request, lease } = await createdRequest();
      const { connectionId, caller } = request;
      await store.endRequest(request, lease, TERMINAL);
      const { request: next } = await createdRequest({ connectionId, caller });
      expect(await store.removeRequest({ ...request, ...read })).toBeUndefined();
      expect(await store.subscribers(request.run)).toEqual([]);
      expect(await tested.recordsOf(next)).toEqual({ requests: [next], slots: { connection: [1], caller: [2] }, subscribers: [subscriberOf(next)] });
    });
  });
}

import { keyOf, newLease, newName, runToStore, subscriberOf } from './store-fixture';
import type { StoreUnderTest } from './store-under-test';
import type { Lease, Store } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';

/** The rules of `Store` for the moves of requests between runs. */
export function describeMoves(tested: StoreUnderTest): void {
  const { clock } = tested;
  const createdRequest = async (changes?: Partial<Request>) => tested.createdRequest(changes);
  let store: Store;

  beforeAll(() => void ({ store } = tested));

  describe('moveRequest', () => {
    it('moves a request and its subscription to another run', async () => {
      const { request, lease } = await createdRequest({ caller: newName('caller'), slots: { connection: 1, caller: 2 }, validUntil: clock.time + 60_000 });
      const { request: neighbor } = await createdRequest({ run: request.run });
      const next = { ...request, run: newName('run'), shared: true };
      expect(await store.moveRequest(next, lease, request.run)).toBe('moved');
      expect(await store.subscribers(request.run)).toEqual([subscriberOf(neighbor)]);
      expect(await tested.recordsOf(next)).toEqual({ requests: [next], slots: { connection: [1], caller: [2] }, subscribers: [subscriberOf(next)] });
    });

    it('changes the run of the request only, and retains its lease', async () => {
      const { request, lease } = await createdRequest({ windowEnd: 2 });
      await store.allowMore(request, request.request, 3);
      const next = { ...request, run: newName('run'), shared: true };
      await store.moveRequest({ ...next, seq: 9 }, lease, request.run);
      expect(await store.acquireRequest(request, newLease(clock))).toEqual({ state: 'held' });
      expect(await store.saveRequest(request, lease, {})).toEqual({ ...next, windowEnd: 5 });
    });

    it('stores a new run under its lease and sets the run of the cache key', async () => {
      const { request, lease } = await createdRequest();
      const toStore = runToStore(clock);
      const next = { ...request, run: toStore.run.run };
      expect(await store.moveRequest(next, lease, request.run, toStore)).toBe('moved');
      expect(await tested.recordsOf(next, toStore)).toEqual({
        requests: [next],
        slots: { connection: [request.slots.connection], caller: [] },
        subscribers: [subscriberOf(next)],
        run: toStore.run,
        cachedRun: toStore.run.run,
      });
      expect(await store.subscribers(request.run)).toEqual([]);
      expect(await store.acquireRun(toStore.run.run, newLease(clock))).toEqual({ state: 'held' });
      expect(await store.saveRun(toStore.run.run, toStore.lease, { check: 1 })).toBe(true);
    });

    it.each<[string, (request: Request, lease: Lease) => Promise<unknown>]>([
      ['another function has taken over the request', async (request) => store.takeOverRequest(keyOf(request), newLease(clock))],
      ['the lease was released', async (request, lease) => store.saveRequest(keyOf(request), lease, {}, true)],
      ['the request was removed', async (request) => store.removeRequest(request)],
      ['the request has expired', async () => clock.passLife()],
      ['another request has the id', async (request, lease) => {
        await store.endRequest(request, lease, { terminalMessage: '{}' });
        await createdRequest({ connectionId: request.connectionId });
      }],
    ])('returns "lost" and has no effect when %s', async (__, lose) => {
      const { request, lease } = await createdRequest();
      await lose(request, lease);
      const toStore = runToStore(clock);
      const next = { ...request, run: toStore.run.run };
      const [records, own] = [await tested.recordsOf(next, toStore), await tested.recordsOf(request)];
      expect(await store.moveRequest(next, lease, request.run, toStore)).toBe('lost');
      expect(await tested.recordsOf(next, toStore)).toEqual(records);
      expect(await tested.recordsOf(request)).toEqual(own);
      expect(records).toMatchObject({ run: undefined, cachedRun: undefined, subscribers: [] });
    });

    it('returns "taken" and has no effect when the cache key has another run', async () => {
      const { cacheKey } = await createdCacheKey();
      const { request, lease } = await createdRequest();
      const toStore = runToStore(clock, { cacheKey });
      const next = { ...request, run: toStore.run.run };
      const [records, own] = [await tested.recordsOf(next, toStore), await tested.recordsOf(request)];
      expect(await store.moveRequest(next, lease, request.run, toStore)).toBe('taken');
      expect(await tested.recordsOf(next, toStore)).toEqual(records);
      expect(await tested.recordsOf(request)).toEqual(own);
      expect(records).toMatchObject({ requests: [request], run: undefined, subscribers: [] });
      expect(own.subscribers).toEqual([subscriberOf(request)]);
    });

    it('returns "lost" when the lease was lost and the cache key has another run', async () => {
      const { cacheKey } = await createdCacheKey();
      const { request } = await createdRequest();
      const toStore = runToStore(clock, { cacheKey });
      expect(await store.moveRequest({ ...request, run: toStore.run.run }, newLease(clock), request.run, toStore)).toBe('lost');
    });
  });

  async function createdCacheKey() {
    const toStore = runToStore(clock);
    await tested.createdRequest({}, toStore);
    return toStore;
  }
}

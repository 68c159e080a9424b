import { newLease, newName, newRequest, newRun, runToStore, subscriberOf } from './store-fixture';
import type { StoreUnderTest } from './store-under-test';
import type { NewRun, Store } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';

/** Stores a new run with a request, and returns whether it was stored. */
type StoreRun = (newRun: NewRun) => Promise<boolean>;

/** The rules of `Store` for what it stores in one transaction: a request, its subscription, its slots, a new run, and the run of a cache key. */
export function describeCreations(tested: StoreUnderTest): void {
  const { clock } = tested;
  const createdRequest = async (changes?: Partial<Request>, toStore?: NewRun) => tested.createdRequest(changes, toStore);
  let store: Store;

  beforeAll(() => void ({ store } = tested));

  async function createWithRun(toStore: NewRun) {
    return store.createRequest(newRequest(clock, { run: toStore.run.run }), newLease(clock), toStore);
  }

  async function createdCacheKey() {
    const toStore = runToStore(clock);
    await createdRequest({}, toStore);
    return toStore;
  }

  describe('createRequest', () => {
    it('stores a request with its subscription and its slots', async () => {
      const { request } = await createdRequest({ caller: newName('caller'), slots: { connection: 3, caller: 4 }, validUntil: clock.time + 60_000 });
      expect(await tested.recordsOf(request)).toEqual({
        requests: [request],
        slots: { connection: [3], caller: [4] },
        subscribers: [subscriberOf(request)],
      });
    });

    it('stores a new run under its lease and sets the run of the cache key', async () => {
      const toStore = runToStore(clock);
      const { request } = await createdRequest({}, toStore);
      expect(await tested.recordsOf(request, toStore)).toMatchObject({ requests: [request], run: toStore.run, cachedRun: toStore.run.run });
      expect(await store.acquireRun(toStore.run.run, newLease(clock))).toEqual({ state: 'held' });
      expect(await store.saveRun(toStore.run.run, toStore.lease, { check: 1 })).toBe(true);
    });

    describe.each<[string, string, (request: Request, newRun: NewRun) => Promise<object>]>([
      ['the id is in use', 'in use', async ({ connectionId }) => createdRequest({ connectionId })],
      ['the request was canceled in advance', 'canceled', async (request) => ({
        canceled: await store.cancelInAdvance(request, request.receivedAt, clock.seconds() + 60),
      })],
      ['the connection uses its slot', 'taken', async ({ connectionId, slots: { connection } }) =>
        createdRequest({ connectionId, id: 'b', slots: { connection } })],
      ['the caller uses its slot on another connection', 'taken', async ({ caller, slots }) => createdRequest({ caller, slots })],
      ['the cache key has a run', 'taken', async (__, { cacheKey }) => createdRequest({}, runToStore(clock, { cacheKey }))],
    ])('when %s', (__, state, prepare) => {
      it(`returns "${state}" and has no effect`, async () => {
        const toStore = runToStore(clock);
        const slots = { connection: 1, caller: 2 };
        const request = newRequest(clock, { run: toStore.run.run, caller: newName('caller'), slots });
        await prepare(request, toStore);
        const records = await tested.recordsOf(request, toStore);
        expect(await store.createRequest(request, newLease(clock), toStore)).toMatchObject({ state });
        expect(await tested.recordsOf(request, toStore)).toEqual(records);
        expect(records).toMatchObject({ run: undefined, subscribers: [] });
      });
    });

    it('returns "in use" when the slots and the cache key are taken, too', async () => {
      const toStore = runToStore(clock);
      const { request } = await createdRequest({}, toStore);
      const next = { ...request, request: newName('request') };
      expect(await store.createRequest(next, newLease(clock), runToStore(clock, { cacheKey: toStore.cacheKey }))).toEqual({ state: 'in use' });
    });

    it('returns the run of the cache key when it is taken', async () => {
      const { cacheKey, run: { run } } = await createdCacheKey();
      expect(await createWithRun(runToStore(clock, { cacheKey }))).toEqual({ state: 'taken', run, isSlotInUse: false });
    });

    it.each(['connection', 'caller'])('returns that a slot of a %s is in use', async (owner) => {
      const { request: { connectionId, caller, slots } } = await createdRequest({ caller: newName('caller'), slots: { connection: 1, caller: 2 } });
      const toStore = runToStore(clock);
      const key = { id: 'b', ...owner === 'connection' && { connectionId }, ...owner === 'caller' && { caller } };
      const request = newRequest(clock, { caller: newName('caller'), ...key, slots, run: toStore.run.run });
      expect(await store.createRequest(request, newLease(clock), toStore)).toEqual({ state: 'taken', isSlotInUse: true });
    });

    it('returns both when a slot is in use and the cache key is taken', async () => {
      const { cacheKey, run: { run } } = await createdCacheKey();
      const { request: { connectionId, slots } } = await createdRequest();
      const toStore = runToStore(clock, { cacheKey });
      const request = newRequest(clock, { connectionId, id: 'b', slots, run: toStore.run.run });
      expect(await store.createRequest(request, newLease(clock), toStore)).toEqual({ state: 'taken', run, isSlotInUse: true });
    });

    it('succeeds after a failure with other slots', async () => {
      const { request: { connectionId, slots } } = await createdRequest();
      const toStore = runToStore(clock);
      const request = newRequest(clock, { connectionId, id: 'b', slots, run: toStore.run.run });
      await store.createRequest(request, newLease(clock), toStore);
      expect(await store.createRequest({ ...request, slots: { connection: slots.connection + 1 } }, newLease(clock), toStore)).toEqual({ state: 'created' });
      expect(await store.subscribers(toStore.run.run)).toHaveLength(1);
    });
  });

  describe.each<[string, StoreRun]>([
    ['createRequest', async (toStore) => (await createWithRun(toStore)).state === 'created'],
    ['moveRequest', async (toStore) => {
      const { request, lease } = await createdRequest();
      return await store.moveRequest({ ...request, run: toStore.run.run }, lease, request.run, toStore) === 'moved';
    }],
  ])('%s with a new run', (__, storeRun) => {
    const named = (run: string, changes: Partial<NewRun>) => runToStore(clock, { run: newRun(clock, { run }), ...changes });

    it('sets the run of a cache key, and replaces the previous one', async () => {
      const [cacheKey, one, two] = [newName('cacheKey'), newName('run'), newName('run')];
      expect(await store.cachedRun(cacheKey)).toBeUndefined();
      expect(await storeRun(named(one, { cacheKey }))).toBe(true);
      expect(await store.cachedRun(cacheKey)).toBe(one);
      expect(await storeRun(named(two, { cacheKey, previous: one }))).toBe(true);
      expect(await store.cachedRun(cacheKey)).toBe(two);
      expect(await store.run(two)).toMatchObject({ run: two });
    });

    const others = [['no run', undefined], ['another run', 'some']] as const;
    it.each(others)('does not replace the run when the caller expects %s', async (___, previous) => {
      const [cacheKey, one, two] = [newName('cacheKey'), newName('run'), newName('run')];
      await storeRun(named(one, { cacheKey }));
      expect(await storeRun(named(two, { cacheKey, previous }))).toBe(false);
      expect(await store.cachedRun(cacheKey)).toBe(one);
      expect(await store.run(two)).toBeUndefined();
      expect(await store.subscribers(two)).toEqual([]);
    });

    it('succeeds for one of several concurrent callers', async () => {
      const cacheKey = newName('cacheKey');
      const runs = [1, 2, 3, 4].map(() => newName('run'));
      const isStored = await Promise.all(runs.map(async (run) => storeRun(named(run, { cacheKey }))));
      expect(isStored.filter(Boolean)).toHaveLength(1);
      expect(await store.cachedRun(cacheKey)).toBe(runs[isStored.indexOf(true)]);
      expect(await Promise.all(runs.map(async (run) => await store.run(run) !== undefined))).toEqual(isStored);
    });

    it('sets a new run when the earlier run has expired', async () => {
      const [cacheKey, one, two] = [newName('cacheKey'), newName('run'), newName('run')];
      await storeRun(named(one, { cacheKey }));
      clock.passLife();
      expect(await store.cachedRun(cacheKey)).toBeUndefined();
      expect(await storeRun(named(two, { cacheKey, previous: one }))).toBe(false);
      expect(await storeRun(named(one, { cacheKey, previous: one }))).toBe(false);
      expect(await storeRun(named(two, { cacheKey }))).toBe(true);
      expect(await store.cachedRun(cacheKey)).toBe(two);
    });
  });
}

import { chunkOf } from '../batches';
import { newLease, newName, newRequest, newRun, subscriberOf } from './store-fixture';
import type { StoreUnderTest } from './store-under-test';
import type { Store } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';
import { NOTHING_FETCHED } from '../../../src/runtime/model/run';
import type { Run } from '../../../src/runtime/model/run';

/** Each subscriber has it twice, in its key and beside. */
const LONG_ID = 'x'.repeat(900);
const MANY_SUBSCRIBERS = 600;

/** The rules of `Store` for runs, the cache keys that they belong to, and their subscribers. */
export function describeRuns(tested: StoreUnderTest): void {
  const { clock } = tested;
  const createdRequest = async (changes?: Partial<Request>) => tested.createdRequest(changes);
  const createdRun = async (changes?: Partial<Run>) => tested.createdRun(changes);
  let store: Store;

  beforeAll(() => void ({ store } = tested));

  describe('runs', () => {
    it('are returned by name as they were stored', async () => {
      const run = await createdRun({ fetched: { ...NOTHING_FETCHED, token: undefined } });
      expect(await store.run(run.run)).toEqual(run);
      expect(await store.run(newName('run'))).toBeUndefined();
    });

    it('are missing when they have expired and their expiry was not extended', async () => {
      const [short, long] = [await createdRun(), await createdRun()];
      const lease = newLease(clock);
      await store.acquireRun(long.run, lease);
      await store.saveRun(long.run, lease, { expiresAt: long.expiresAt + 1 });
      clock.passLife();
      expect(await store.run(short.run)).toBeUndefined();
      expect(await store.run(long.run)).toEqual({ ...long, expiresAt: long.expiresAt + 1 });
    });

    it('are missing when they are removed', async () => {
      const { run } = await createdRun();
      await store.removeRun(run);
      await store.removeRun(run);
      expect(await store.run(run)).toBeUndefined();
    });

    it('are not removed by a function that has lost the lease', async () => {
      const run = await createdRun();
      const [lost, held] = [newLease(clock), newLease(clock)];
      await store.acquireRun(run.run, lost);
      clock.time = lost.until + 1;
      await store.acquireRun(run.run, held);
      await store.removeRun(run.run, lost);
      expect(await store.run(run.run)).toEqual(run);
      await store.removeRun(run.run, held);
      expect(await store.run(run.run)).toBeUndefined();
    });

    it('are not removed by a function that has released the lease', async () => {
      const run = await createdRun();
      const lease = newLease(clock);
      await store.acquireRun(run.run, lease);
      await store.saveRun(run.run, lease, {}, true);
      await store.removeRun(run.run, lease);
      expect(await store.run(run.run)).toEqual(run);
    });
  });

  describe('setCachedRun', () => {
    const expiresAt = () => clock.seconds() + 3600;

    it('sets the run of a cache key', async () => {
      const cacheKey = newName('cacheKey');
      expect(await store.cachedRun(cacheKey)).toBeUndefined();
      expect(await store.setCachedRun(cacheKey, 'one', undefined, expiresAt())).toBe(true);
      expect(await store.cachedRun(cacheKey)).toBe('one');
      expect(await store.setCachedRun(cacheKey, 'two', 'one', expiresAt())).toBe(true);
      expect(await store.cachedRun(cacheKey)).toBe('two');
    });

    const others = [['no run', undefined], ['another run', 'some']] as const;
    it.each(others)('does not replace the run when the caller expects %s', async (__, previous) => {
      const cacheKey = newName('cacheKey');
      await store.setCachedRun(cacheKey, 'one', undefined, expiresAt());
      expect(await store.setCachedRun(cacheKey, 'two', previous, expiresAt())).toBe(false);
      expect(await store.cachedRun(cacheKey)).toBe('one');
    });

    it('succeeds when it sets the same run twice', async () => {
      const cacheKey = newName('cacheKey');
      await store.setCachedRun(cacheKey, 'one', undefined, expiresAt());
      await store.setCachedRun(cacheKey, 'two', 'one', expiresAt());
      expect(await store.setCachedRun(cacheKey, 'two', 'one', expiresAt())).toBe(true);
      expect(await store.cachedRun(cacheKey)).toBe('two');
    });

    it('succeeds for one of several concurrent callers', async () => {
      const cacheKey = newName('cacheKey');
      const runs = ['one', 'two', 'three', 'four'];
      const pointed = await Promise.all(runs.map(async (run) => store.setCachedRun(cacheKey, run, undefined, expiresAt())));
      expect(pointed.filter(Boolean)).toHaveLength(1);
      expect(await store.cachedRun(cacheKey)).toBe(runs[pointed.indexOf(true)]);
    });

    it('sets a new run when the earlier run has expired', async () => {
      const cacheKey = newName('cacheKey');
      await store.setCachedRun(cacheKey, 'one', undefined, expiresAt());
      clock.passLife();
      expect(await store.cachedRun(cacheKey)).toBeUndefined();
      expect(await store.setCachedRun(cacheKey, 'two', 'one', expiresAt())).toBe(false);
      expect(await store.setCachedRun(cacheKey, 'one', 'one', expiresAt())).toBe(false);
      expect(await store.setCachedRun(cacheKey, 'two', undefined, expiresAt())).toBe(true);
      expect(await store.cachedRun(cacheKey)).toBe('two');
    });
  });

  describe('subscribers', () => {
    it('are returned for the run that they subscribed to, each once', async () => {
      const run = await createdRun();
      const { request: first } = await createdRequest();
      const { request: second } = await createdRequest({ connectionId: first.connectionId, id: 'b' });
      for (const request of [first, second, second]) {
        await store.subscribe(run.run, subscriberOf(request));
      }
      await store.subscribe(newName('run'), subscriberOf(newRequest(clock)));
      await tested.table.results().store(run, chunkOf(0, [['{}']]));
      expect(await store.subscribers(run.run)).toEqual([first, second].map(subscriberOf));
      await store.unsubscribe(run.run, first.request);
      await store.unsubscribe(run.run, first.request);
      expect(await store.subscribers(run.run)).toEqual([subscriberOf(second)]);
      expect(await store.run(run.run)).toEqual(run);
    });

    it('are all returned when they have more than a megabyte', async () => {
      const { run } = newRun(clock);
      const ids = Array.from({ length: MANY_SUBSCRIBERS }, (__, index) => `${LONG_ID}${1000 + index}`);
      await Promise.all(ids.map(async (id) => store.subscribe(run, subscriberOf(newRequest(clock, { connectionId: 'c=', id })))));
      expect((await store.subscribers(run)).map(({ id }) => id).sort()).toEqual(ids);
    });

    it('are missing when their subscription has expired', async () => {
      const { run } = newRun(clock);
      await store.subscribe(run, subscriberOf(newRequest(clock)));
      clock.passLife();
      expect(await store.subscribers(run)).toEqual([]);
    });
  });
}

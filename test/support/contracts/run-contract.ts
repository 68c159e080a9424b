import { pieceOf } from '../packs';
import { newLease, newName, newRequest, newRun, subscriberOf } from './store-fixture';
import type { StoreUnderTest } from './store-under-test';
import type { Store } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';
import { NOTHING_FETCHED } from '../../../src/runtime/model/run';
import type { Run } from '../../../src/runtime/model/run';

/** Each subscriber has it twice, in its key and beside. */
const LONG_ID = 'x'.repeat(900);
const MANY_SUBSCRIBERS = 600;

/** The rules of `Store` for runs, the questions that they answer, and their subscribers. */
export function describeRuns(tested: StoreUnderTest): void {
  const { clock } = tested;
  const createdRequest = async (changes?: Partial<Request>) => tested.createdRequest(changes);
  const createdRun = async (changes?: Partial<Run>) => tested.createdRun(changes);
  let store: Store;

  beforeAll(() => void ({ store } = tested));

  describe('runs', () => {
    test('a run is found by its name as it was stored', async () => {
      const run = await createdRun({ fetched: { ...NOTHING_FETCHED, token: undefined } });
      expect(await store.run(run.run)).toEqual(run);
      expect(await store.run(newName('run'))).toBeUndefined();
    });

    test('a run that has expired is not there, unless its life was made longer', async () => {
      const [short, long] = [await createdRun(), await createdRun()];
      const lease = newLease(clock);
      await store.acquireRun(long.run, lease);
      await store.saveRun(long.run, lease, { expiresAt: long.expiresAt + 1 });
      clock.passLife();
      expect(await store.run(short.run)).toBeUndefined();
      expect(await store.run(long.run)).toEqual({ ...long, expiresAt: long.expiresAt + 1 });
    });

    test('a removed run is not there', async () => {
      const { run } = await createdRun();
      await store.removeRun(run);
      await store.removeRun(run);
      expect(await store.run(run)).toBeUndefined();
    });

    test('a run that another has taken over is not removed', async () => {
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

    test('a run that was given back is not removed', async () => {
      const run = await createdRun();
      const lease = newLease(clock);
      await store.acquireRun(run.run, lease);
      await store.saveRun(run.run, lease, {}, true);
      await store.removeRun(run.run, lease);
      expect(await store.run(run.run)).toEqual(run);
    });
  });

  describe('questions', () => {
    const expiresAt = () => clock.seconds() + 3600;

    test('a question has the run that it was pointed to', async () => {
      const queryRequest = newName('queryRequest');
      expect(await store.cachedRun(queryRequest)).toBeUndefined();
      expect(await store.setCachedRun(queryRequest, 'one', undefined, expiresAt())).toBe(true);
      expect(await store.cachedRun(queryRequest)).toBe('one');
      expect(await store.setCachedRun(queryRequest, 'two', 'one', expiresAt())).toBe(true);
      expect(await store.cachedRun(queryRequest)).toBe('two');
    });

    const others = [['none', undefined], ['another', 'some']] as const;
    test.each(others)('a question that has a run is not pointed elsewhere by who thinks that it has %s', async (__, previous) => {
      const queryRequest = newName('queryRequest');
      await store.setCachedRun(queryRequest, 'one', undefined, expiresAt());
      expect(await store.setCachedRun(queryRequest, 'two', previous, expiresAt())).toBe(false);
      expect(await store.cachedRun(queryRequest)).toBe('one');
    });

    test('a question is pointed to the same run twice without harm', async () => {
      const queryRequest = newName('queryRequest');
      await store.setCachedRun(queryRequest, 'one', undefined, expiresAt());
      await store.setCachedRun(queryRequest, 'two', 'one', expiresAt());
      expect(await store.setCachedRun(queryRequest, 'two', 'one', expiresAt())).toBe(true);
      expect(await store.cachedRun(queryRequest)).toBe('two');
    });

    test('of many that point a question at once, one does', async () => {
      const queryRequest = newName('queryRequest');
      const runs = ['one', 'two', 'three', 'four'];
      const pointed = await Promise.all(runs.map(async (run) => store.setCachedRun(queryRequest, run, undefined, expiresAt())));
      expect(pointed.filter(Boolean)).toHaveLength(1);
      expect(await store.cachedRun(queryRequest)).toBe(runs[pointed.indexOf(true)]);
    });

    test('a question whose run has expired has none', async () => {
      const queryRequest = newName('queryRequest');
      await store.setCachedRun(queryRequest, 'one', undefined, expiresAt());
      clock.passLife();
      expect(await store.cachedRun(queryRequest)).toBeUndefined();
      expect(await store.setCachedRun(queryRequest, 'two', 'one', expiresAt())).toBe(false);
      expect(await store.setCachedRun(queryRequest, 'one', 'one', expiresAt())).toBe(false);
      expect(await store.setCachedRun(queryRequest, 'two', undefined, expiresAt())).toBe(true);
      expect(await store.cachedRun(queryRequest)).toBe('two');
    });
  });

  describe('subscribers', () => {
    test('a run has those that subscribed to it, each once, and nothing else', async () => {
      const run = await createdRun();
      const { request: first } = await createdRequest();
      const { request: second } = await createdRequest({ connectionId: first.connectionId, id: 'b' });
      for (const request of [first, second, second]) {
        await store.subscribe(run.run, subscriberOf(request));
      }
      await store.subscribe(newName('run'), subscriberOf(newRequest(clock)));
      await tested.table.results().store(run, pieceOf(0, [['{}']]));
      expect(await store.subscribers(run.run)).toEqual([first, second].map(subscriberOf));
      await store.unsubscribe(run.run, first.request);
      await store.unsubscribe(run.run, first.request);
      expect(await store.subscribers(run.run)).toEqual([subscriberOf(second)]);
      expect(await store.run(run.run)).toEqual(run);
    });

    test('a run has all its subscribers, though they are more than fit into a megabyte', async () => {
      const { run } = newRun(clock);
      const ids = Array.from({ length: MANY_SUBSCRIBERS }, (__, index) => `${LONG_ID}${1000 + index}`);
      await Promise.all(ids.map(async (id) => store.subscribe(run, subscriberOf(newRequest(clock, { connectionId: 'c=', id })))));
      expect((await store.subscribers(run)).map(({ id }) => id).sort()).toEqual(ids);
    });

    test('a subscription that has expired is not there', async () => {
      const { run } = newRun(clock);
      await store.subscribe(run, subscriberOf(newRequest(clock)));
      clock.passLife();
      expect(await store.subscribers(run)).toEqual([]);
    });
  });
}

import { chunkOf } from '../batches';
import { newLease, newName, newRun, subscriberOf } from './store-fixture';
import type { StoreUnderTest } from './store-under-test';
import type { Store } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';
import { NOTHING_FETCHED } from '../../../src/runtime/model/run';
import type { Run } from '../../../src/runtime/model/run';

/** Each subscriber has it three times: in its key, as its name, and as its id. */
const LONG_ID = 'x'.repeat(900);
const MANY_SUBSCRIBERS = 450;

/** The rules of `Store` for runs and their subscribers. */
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
      const lease = newLease(clock);
      await store.acquireRun(run, lease);
      await store.removeRun(run, lease);
      await store.removeRun(run, lease);
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

  describe('subscribers', () => {
    it('are the requests that were stored for the run, each once', async () => {
      const run = await createdRun();
      const joining = { run: run.run, caller: 'hash', validUntil: clock.time + 60_000, opened: false };
      const { request: first } = await createdRequest(joining);
      const { request: second } = await createdRequest({ run: run.run, connectionId: first.connectionId, id: 'b' });
      await createdRequest();
      await tested.table.results().store(run, chunkOf(0, [['{}']]));
      expect(await store.subscribers(run.run)).toEqual([first, second].map(subscriberOf));
      await store.unsubscribe(run.run, first.request);
      await store.unsubscribe(run.run, first.request);
      expect(await store.subscribers(run.run)).toEqual([subscriberOf(second)]);
      expect(await store.run(run.run)).toEqual(run);
      expect(await store.requests(first.connectionId)).toEqual([first, second]);
    });

    it('are all returned when they have more than a megabyte', async () => {
      const { run } = newRun(clock);
      const ids = Array.from({ length: MANY_SUBSCRIBERS }, (__, index) => `${LONG_ID}${1000 + index}`);
      await Promise.all(ids.map(async (id) => createdRequest({ run, connectionId: 'c=', id, request: id })));
      expect((await store.subscribers(run)).map(({ id }) => id)).toEqual(ids);
    });

    it('are missing when their subscription has expired', async () => {
      const { request } = await createdRequest();
      clock.passLife();
      expect(await store.subscribers(request.run)).toEqual([]);
    });
  });
}

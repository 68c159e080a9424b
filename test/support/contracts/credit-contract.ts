import { keyOf, newName, newRequest } from './store-fixture';
import type { StoreUnderTest } from './store-under-test';
import type { Store } from '../../../src/runtime/model/ports';
import type { EarlyCredit, Request } from '../../../src/runtime/model/request';

/** The rules of `Store` for the messages that clients allow. */
export function describeCredits(tested: StoreUnderTest): void {
  const { clock } = tested;
  const createdRequest = async (changes?: Partial<Request>) => tested.createdRequest(changes);
  let store: Store;

  beforeAll(() => void ({ store } = tested));

  describe('allowMore', () => {
    it('adds concurrent credits, which saved changes do not overwrite', async () => {
      const { request, lease } = await createdRequest({ windowEnd: 2 });
      await Promise.all([store.allowMore(keyOf(request), request.request, 3), store.allowMore(keyOf(request), request.request, 4)]);
      expect(await store.saveRequest(request, lease, { seq: 2 })).toEqual({ ...request, seq: 2, windowEnd: 9 });
    });

    it('has no effect on a request without a window', async () => {
      const { request } = await createdRequest();
      await store.allowMore(keyOf(request), request.request, 3);
      expect(await store.requests(request.connectionId)).toEqual([request]);
    });

    it('has no effect on a later request with the same id', async () => {
      const { request } = await createdRequest({ windowEnd: 2 });
      await store.allowMore(keyOf(request), newName('request'), 3);
      expect(await store.requests(request.connectionId)).toEqual([request]);
    });

    it('has no effect when the request is missing or has expired', async () => {
      const { request } = await createdRequest({ windowEnd: 2 });
      const missing = newRequest(clock);
      await store.allowMore(keyOf(missing), missing.request, 3);
      clock.passLife();
      await store.allowMore(keyOf(request), request.request, 3);
      expect(await store.requests(missing.connectionId)).toEqual([]);
      expect(await store.requests(request.connectionId)).toEqual([]);
    });
  });

  describe('early credits', () => {
    function newCredit(changes: Partial<EarlyCredit> = {}): EarlyCredit {
      return { name: newName('credit'), result: 'r', credit: 3, receivedAt: clock.time, expiresAt: clock.seconds() + 10, ...changes };
    }

    it('are those for a result of a connection that were received from a moment on, until they expire', async () => {
      const connectionId = newName('connection=');
      const [early, first, second] = [newCredit({ receivedAt: clock.time - 1 }), newCredit(), newCredit({ receivedAt: clock.time + 1 })];
      for (const credit of [second, first, early, newCredit({ result: 'r2' }), newCredit({ expiresAt: clock.seconds() })]) {
        await store.storeEarlyCredit(connectionId, credit);
      }
      await store.storeEarlyCredit(newName('connection='), newCredit());
      expect(new Set(await store.earlyCredits(connectionId, 'r', clock.time))).toEqual(new Set([first, second]));
      expect(await store.requests(connectionId)).toEqual([]);
    });

    it('are at most 100 of those that a client sent', async () => {
      const connectionId = newName('connection=');
      for (let credit = 0; credit < 101; credit += 1) {
        await store.storeEarlyCredit(connectionId, newCredit());
      }
      expect(await store.earlyCredits(connectionId, 'r', 0)).toHaveLength(100);
    });

    it('are taken once each by a request with a window, and added to its windowEnd', async () => {
      const { request, lease } = await createdRequest({ windowEnd: 2 });
      for (const early of ['one', 'one', 'two', 'one']) {
        await store.allowMore(keyOf(request), request.request, 3, early);
      }
      await store.allowMore(keyOf(request), newName('request'), 3, 'three');
      expect(await store.saveRequest(request, lease, {})).toEqual({ ...request, windowEnd: 8 });
    });

    it('are not taken without a window', async () => {
      const { request } = await createdRequest();
      await store.allowMore(keyOf(request), request.request, 3, 'one');
      expect(await store.requests(request.connectionId)).toEqual([request]);
    });
  });
}

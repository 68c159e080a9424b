import { DEFINITION, keyOf, newLease, newName, newRequest } from './store-fixture';
import { LONG_STRING, MANY } from './store-under-test';
import type { StoreUnderTest } from './store-under-test';
import type { Store } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';

/** The rules of `Store` for requests. */
export function describeRequests(tested: StoreUnderTest): void {
  const { clock } = tested;
  const createdRequest = async (changes?: Partial<Request>) => tested.createdRequest(changes);
  let store: Store;

  beforeAll(() => void ({ store } = tested));

  describe('requests', () => {
    it('are returned for their own connection only', async () => {
      const { request } = await createdRequest({ id: '#a ü"', maxAge: 5, windowEnd: 3 });
      const { connectionId } = request;
      const { request: second } = await createdRequest({ connectionId, id: 'b' });
      expect(new Set(await store.requests(connectionId))).toEqual(new Set([request, second]));
      expect(await store.requests(connectionId.slice(0, -1))).toEqual([]);
    });

    it('are all returned when they have more than a megabyte', async () => {
      const connectionId = newName('connection');
      for (let id = 0; id < MANY; id += 1) {
        await createdRequest({ connectionId, id: String(id), queryRequest: { query: 'default', parameters: { text: LONG_STRING }, definition: DEFINITION } });
      }
      expect(await store.requests(connectionId)).toHaveLength(MANY);
    });

    it('are rejected when their id is in use, and the stored request does not change', async () => {
      const { request } = await createdRequest();
      expect(await store.createRequest({ ...request, request: newName('request') }, newLease(clock))).toEqual({ state: 'in use' });
      expect(await store.requests(request.connectionId)).toEqual([request]);
    });

    it('are accepted once when several with the same id are stored at the same time', async () => {
      const { connectionId } = newRequest(clock);
      const created = await Promise.all([1, 2, 3].map(async () => store.createRequest(newRequest(clock, { connectionId }), newLease(clock))));
      expect(created.map(({ state }) => state).sort()).toEqual(['created', 'in use', 'in use']);
      expect(await store.requests(connectionId)).toHaveLength(1);
    });

    it('are stored once when two calls store the same request', async () => {
      const { request, lease } = await createdRequest();
      const records = await tested.recordsOf(request);
      expect(await store.createRequest(request, newLease(clock))).toEqual({ state: 'in use' });
      expect(await tested.recordsOf(request)).toEqual(records);
      expect(await store.saveRequest(request, lease, {})).toEqual(request);
    });

    it('release their id when their terminal message is stored', async () => {
      const { request, lease } = await createdRequest();
      await store.endRequest(request, lease, { terminalMessage: '{"type":"complete"}' });
      const { request: next } = await createdRequest({ connectionId: request.connectionId });
      expect(await store.requests(request.connectionId)).toEqual([next]);
      expect(await store.saveRequest(request, lease, { seq: 1 })).toBeUndefined();
    });

    it('are missing and release their id when they have expired', async () => {
      const { request, lease } = await createdRequest();
      clock.passLife();
      expect(await store.requests(request.connectionId)).toEqual([]);
      expect(await store.acquireRequest(request, newLease(clock))).toEqual({ state: 'missing' });
      expect(await store.takeOverRequest(request, newLease(clock))).toBeUndefined();
      expect(await store.saveRequest(request, lease, { seq: 1 })).toBeUndefined();
      await createdRequest({ connectionId: request.connectionId });
    });

    it('are returned until the second of their expiry', async () => {
      const { request } = await createdRequest({ expiresAt: clock.seconds() + 2 });
      clock.pass(1999);
      expect(await store.requests(request.connectionId)).toEqual([request]);
      clock.pass(1);
      expect(await store.requests(request.connectionId)).toEqual([]);
    });

    it('are lost by the earlier holder when another function takes them over', async () => {
      const { request, lease } = await createdRequest();
      const other = newLease(clock);
      expect(await store.takeOverRequest(keyOf(request), other)).toEqual(request);
      expect(await store.saveRequest(request, lease, { seq: 1 })).toBeUndefined();
      expect(await store.saveRequest(request, other, { seq: 2 })).toEqual({ ...request, seq: 2 });
      expect(await store.acquireRequest(request, newLease(clock))).toEqual({ state: 'held' });
    });

    it('are not created when a function takes over a missing request', async () => {
      const request = newRequest(clock);
      expect(await store.takeOverRequest(request, newLease(clock))).toBeUndefined();
      expect(await store.requests(request.connectionId)).toEqual([]);
    });
  });

  describe('a request that was canceled in advance', () => {
    const inAMinute = () => clock.seconds() + 60;

    it('is rejected when it was received by then, and doesn\'t become a request until it is accepted', async () => {
      const request = newRequest(clock);
      const key = keyOf(request);
      expect(await store.cancelInAdvance(key, request.receivedAt, inAMinute())).toBe(true);
      expect(await store.createRequest(request, newLease(clock))).toEqual({ state: 'canceled' });
      expect(await tested.recordsOf(request)).toEqual({ requests: [], slots: { connection: [], caller: [] }, subscribers: [] });
      expect(await store.requests(request.connectionId)).toEqual([]);
      expect(await store.acquireRequest(key, newLease(clock))).toEqual({ state: 'missing' });
      expect(await store.takeOverRequest(key, newLease(clock))).toBeUndefined();
      expect(await store.saveRequest(key, newLease(clock), { seq: 1 }, true)).toBeUndefined();
      await store.allowMore(key, request.request, 1);
      expect(await store.removeRequest(request)).toBeUndefined();
      expect(await store.createRequest(request, newLease(clock))).toEqual({ state: 'canceled' });
    });

    it('is stored when it was received later', async () => {
      const request = newRequest(clock);
      await store.cancelInAdvance(request, request.receivedAt - 1, inAMinute());
      const lease = newLease(clock);
      expect(await store.createRequest(request, lease)).toEqual({ state: 'created' });
      expect(await store.createRequest({ ...request, request: newName('request') }, newLease(clock))).toEqual({ state: 'in use' });
      expect(await store.saveRequest(request, lease, {}, true)).toEqual(request);
    });

    it('is stored when the cancellation has expired', async () => {
      const request = newRequest(clock);
      await store.cancelInAdvance(request, request.receivedAt, inAMinute());
      clock.pass(60_000);
      expect(await store.createRequest(request, newLease(clock))).toEqual({ state: 'created' });
    });

    it('stays canceled by the latest of several cancellations', async () => {
      const request = newRequest(clock);
      expect(await store.cancelInAdvance(request, request.receivedAt - 1, inAMinute())).toBe(true);
      expect(await store.cancelInAdvance(request, request.receivedAt, inAMinute())).toBe(true);
      expect(await store.cancelInAdvance(request, request.receivedAt - 1, inAMinute())).toBe(false);
      expect(await store.createRequest(request, newLease(clock))).toEqual({ state: 'canceled' });
    });

    it('is not canceled in advance when it is stored, and is taken over only when it was received by then', async () => {
      const { request } = await createdRequest();
      expect(await store.cancelInAdvance(request, request.receivedAt, inAMinute())).toBe(false);
      expect(await store.createRequest({ ...request, request: newName('request') }, newLease(clock))).toEqual({ state: 'in use' });
      expect(await store.takeOverRequest(keyOf(request), newLease(clock), request.receivedAt - 1)).toBeUndefined();
      expect(await store.takeOverRequest(keyOf(request), newLease(clock), request.receivedAt)).toEqual(request);
    });
  });
}

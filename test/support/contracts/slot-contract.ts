import { newLease, newName, newRequest } from './store-fixture';
import type { StoreUnderTest } from './store-under-test';
import type { Lease, Store } from '../../../src/runtime/model/ports';
import type { Request, Slots } from '../../../src/runtime/model/request';

const TERMINAL = { terminalMessage: '{"type":"complete"}' };
/** Each slot has it in its key. Its partition key contains at most 2048 bytes. */
const LONG_CALLER = 'x'.repeat(2000);
const LONG_NAME = 'x'.repeat(900);
const MANY_SLOTS = 400;

/** The rules of `Store` for the slots of connections and callers. */
export function describeSlots(tested: StoreUnderTest): void {
  const { clock } = tested;
  const createdRequest = async (changes?: Partial<Request>) => tested.createdRequest(changes);
  let store: Store;

  beforeAll(() => void ({ store } = tested));

  async function inUse({ connectionId, caller }: Pick<Request, 'connectionId' | 'caller'>): Promise<{ connection: number[]; caller: number[] }> {
    const { connection, caller: ofCaller } = await store.slotsInUse(connectionId, caller);
    const sort = (slots: readonly number[]) => [...slots].sort((one, other) => one - other);
    return { connection: sort(connection), caller: sort(ofCaller) };
  }

  async function countCreated(requests: readonly Request[]): Promise<number> {
    const creations = await Promise.all(requests.map(async (request) => store.createRequest(request, newLease(clock))));
    expect(new Set(creations.map(({ state }) => state))).toEqual(new Set(['created', 'taken']));
    return creations.filter(({ state }) => state === 'created').length;
  }

  describe('slotsInUse', () => {
    it('returns the slots of a connection, and those of a caller on any connection', async () => {
      const [caller, other] = [newName('caller'), newName('caller')];
      const { request: first } = await createdRequest({ caller, slots: { connection: 0, caller: 12 } });
      const { request: second } = await createdRequest({ connectionId: first.connectionId, caller, id: 'b', slots: { connection: 10, caller: 0 } });
      const { request: third } = await createdRequest({ caller, slots: { connection: 2, caller: 3 } });
      const { request: foreign } = await createdRequest({ caller: other, slots: { connection: 0, caller: 0 } });
      expect(await inUse(first)).toEqual({ connection: [0, 10], caller: [0, 3, 12] });
      expect(await inUse(second)).toEqual(await inUse(first));
      expect(await inUse(third)).toEqual({ connection: [2], caller: [0, 3, 12] });
      expect(await inUse(foreign)).toEqual({ connection: [0], caller: [0] });
      expect(await inUse({ connectionId: newName('connection='), caller: newName('caller') })).toEqual({ connection: [], caller: [] });
    });

    it('returns no slots of a caller that is not given, or whose queries are not limited', async () => {
      const { request } = await createdRequest({ caller: newName('caller'), slots: { connection: 0 } });
      expect(await inUse(request)).toEqual({ connection: [0], caller: [] });
      expect(await inUse({ connectionId: request.connectionId })).toEqual({ connection: [0], caller: [] });
    });

    it('returns all slots when they have more than a megabyte', async () => {
      const slots = Array.from({ length: MANY_SLOTS }, (__, slot) => slot);
      await Promise.all(slots.map(async (slot) => createdRequest({ caller: LONG_CALLER, request: `${LONG_NAME}${slot}`, slots: { connection: 0, caller: slot } })));
      expect((await inUse({ connectionId: newName('connection='), caller: LONG_CALLER })).caller).toEqual(slots);
    });
  });

  describe('a slot', () => {
    it('of a connection is used once when many requests are created at the same time', async () => {
      const connectionId = newName('connection=');
      const requests = Array.from({ length: 30 }, (__, id) => newRequest(clock, { connectionId, id: String(id), slots: { connection: id % 4 } }));
      expect(await countCreated(requests)).toBe(4);
      expect(await inUse({ connectionId })).toEqual({ connection: [0, 1, 2, 3], caller: [] });
      const stored = await store.requests(connectionId);
      expect(stored.map(({ slots: { connection } }) => connection).sort()).toEqual([0, 1, 2, 3]);
    });

    it('of a caller is used once when many requests are created on several connections at the same time', async () => {
      const caller = newName('caller');
      const requests = Array.from({ length: 30 }, (__, index) => newRequest(clock, { caller, slots: { connection: 0, caller: index % 3 } }));
      expect(await countCreated(requests)).toBe(3);
      expect((await inUse({ connectionId: '', caller })).caller).toEqual([0, 1, 2]);
      const used = await Promise.all(requests.map(async (request) => (await inUse(request)).connection));
      expect(used.flat()).toEqual([0, 0, 0]);
    });

    it('can be used again when its request has ended or was removed', async () => {
      const { request: { connectionId }, request, lease } = await createdRequest();
      await store.endRequest(request, lease, TERMINAL);
      const { request: second } = await createdRequest({ connectionId, id: 'b', slots: request.slots });
      await store.removeRequest(second);
      await createdRequest({ connectionId, id: 'c', slots: request.slots });
      expect(await inUse(request)).toEqual({ connection: [request.slots.connection], caller: [] });
    });
  });

  describe('the slots of a request that has not ended', () => {
    const slots: Slots = { connection: 1, caller: 2 };
    const created = async (changes: Partial<Request>) => createdRequest({ caller: newName('caller'), slots, ...changes });

    it('are in use until the request expires', async () => {
      const { request } = await created({ expiresAt: clock.seconds() + 2, validUntil: clock.time + 60_000 });
      clock.pass(1999);
      expect(await inUse(request)).toEqual({ connection: [1], caller: [2] });
      clock.pass(1);
      expect(await inUse(request)).toEqual({ connection: [], caller: [] });
      await created({ connectionId: request.connectionId, caller: request.caller, id: 'b' });
    });

    it('are in use until the session of the client expires', async () => {
      const { request } = await created({ validUntil: clock.time + 1001 });
      clock.pass(1999);
      expect(await inUse(request)).toEqual({ connection: [1], caller: [2] });
      clock.pass(1);
      expect(await inUse(request)).toEqual({ connection: [], caller: [] });
      expect(await store.requests(request.connectionId)).toEqual([request]);
      await created({ caller: request.caller });
    });

    it.each<[string, (request: Request, lease: Lease) => Promise<unknown>]>([
      ['ends', async (request, lease) => expect(await store.endRequest(request, lease, TERMINAL)).toBe(true)],
      ['is removed', async (request) => expect(await store.removeRequest(request)).toBe(request.run)],
    ])('are not freed when it %s after they expired and another request uses one', async (__, end) => {
      const { request, lease } = await created({ validUntil: clock.time + 1000 });
      clock.pass(1000);
      const { request: next } = await created({ caller: request.caller });
      await end(request, lease);
      expect(await inUse(next)).toEqual({ connection: [1], caller: [2] });
      expect(await inUse(request)).toEqual({ connection: [], caller: [2] });
    });
  });
}

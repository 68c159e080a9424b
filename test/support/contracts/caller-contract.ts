import { newName } from './store-fixture';
import { LONG_STRING, MANY } from './store-under-test';
import type { StoreUnderTest } from './store-under-test';
import type { Identity } from '../../../src/runtime/model/connection';
import type { Store } from '../../../src/runtime/model/ports';
import type { QueryInFlight, Request } from '../../../src/runtime/model/request';

/** The rules of `Store` for callers and their queries in flight. */
export function describeCallers(tested: StoreUnderTest): void {
  const { clock } = tested;
  const createdRequest = async (changes?: Partial<Request>) => tested.createdRequest(changes);
  let store: Store;

  beforeAll(() => void ({ store } = tested));

  describe('the identity of a connection', () => {
    const identity: Identity = {
      caller: 'hash',
      claims: { 'tenant_id': 'ü"', 'cognito:groups': ['a', ''], 'nothing': null, 'object': {} },
      validUntil: 1_234_567,
    };

    it('is stored until it is removed', async () => {
      const connectionId = newName('connection=');
      expect(await store.identity(connectionId)).toBeUndefined();
      await store.createIdentity(connectionId, identity, clock.seconds() + 10);
      expect(await store.identity(connectionId)).toEqual(identity);
      await store.removeIdentity(connectionId);
      await store.removeIdentity(connectionId);
      expect(await store.identity(connectionId)).toBeUndefined();
    });

    it('is stored without an expiry and claims', async () => {
      const connectionId = newName('connection');
      await store.createIdentity(connectionId, { caller: 'hash', claims: {} }, clock.seconds() + 10);
      expect(await store.identity(connectionId)).toEqual({ caller: 'hash', claims: {} });
    });

    it('is stored separately from a request with the id "identity"', async () => {
      const { request } = await createdRequest({ id: 'identity' });
      expect(await store.identity(request.connectionId)).toBeUndefined();
      await store.createIdentity(request.connectionId, identity, clock.seconds() + 10);
      expect(await store.requests(request.connectionId)).toEqual([request]);
    });

    it('is stored until its record expires', async () => {
      const connectionId = newName('connection');
      await store.createIdentity(connectionId, identity, clock.seconds() + 2);
      clock.pass(2000);
      expect(await store.identity(connectionId)).toBeUndefined();
    });
  });

  describe('the queries in flight of a caller', () => {
    function newQuery(seconds = 10): QueryInFlight {
      return { connectionId: newName('connection='), id: '#ü"', request: newName('request'), submittedAt: clock.time, expiresAt: clock.seconds() + seconds };
    }

    it('are those that were counted on any connection, each once, until they are uncounted or expire', async () => {
      const [caller, other] = [newName('caller'), newName('caller')];
      const [first, second, third, foreign] = [newQuery(), newQuery(), newQuery(2), newQuery()];
      for (const query of [first, first, second, third]) {
        await store.countQuery(caller, query);
      }
      await store.countQuery(other, foreign);
      expect(new Set(await store.queriesOf(caller))).toEqual(new Set([first, second, third]));
      await store.uncountQuery(caller, second.request);
      await store.uncountQuery(caller, second.request);
      clock.pass(2000);
      expect(await store.queriesOf(caller)).toEqual([first]);
      expect(await store.queriesOf(other)).toEqual([foreign]);
    });

    it('are all returned when they have more than a megabyte', async () => {
      const caller = newName('caller');
      for (let query = 0; query < MANY; query += 1) {
        await store.countQuery(caller, { ...newQuery(), id: LONG_STRING });
      }
      expect(await store.queriesOf(caller)).toHaveLength(MANY);
    });
  });
}

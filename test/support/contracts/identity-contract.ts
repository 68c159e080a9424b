import { newName } from './store-fixture';
import type { StoreUnderTest } from './store-under-test';
import type { Identity } from '../../../src/runtime/model/connection';
import type { Store } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';

/** The rules of `Store` for the identities of clients. */
export function describeIdentities(tested: StoreUnderTest): void {
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
}

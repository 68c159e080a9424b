import { keyOf, newLease, newName, newRequest, newRun, runToStore, StandingClock } from './store-fixture';
import type { StartTable, TableUnderTest } from './store-fixture';
import type { LeaseResult, Lease, Store } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';
import type { Run } from '../../../src/runtime/model/run';

/** What requests and runs have in common: one holder at a time. */
interface Leased<T> {
  readonly changes: Partial<T>;
  /** A change that removes an attribute of the created record. */
  readonly removal: Partial<T>;
  /** Creates a record without a lease. */
  create(store: Store, clock: StandingClock): Promise<T>;
  /** Another record, which is not stored. */
  missing(record: T): T;
  acquire(store: Store, record: T, lease: Lease): Promise<LeaseResult<T>>;
  /** The record as it is then, or undefined. */
  save(store: Store, record: T, lease: Lease, changes: Partial<T>, release?: boolean): Promise<T | undefined>;
}

const REQUESTS: Leased<Request> = {
  create: async (store, clock) => {
    const request = newRequest(clock);
    const lease = newLease(clock);
    await store.createRequest(request, lease);
    await store.saveRequest(keyOf(request), lease, {}, true);
    return request;
  },
  missing: (request) => ({ ...request, id: newName('id') }),
  acquire: async (store, request, lease) => store.acquireRequest(keyOf(request), lease),
  save: async (store, request, lease, changes, release) => store.saveRequest(keyOf(request), lease, changes, release),
  changes: { seq: 7, run: 'some run', shared: true },
  removal: { queryRequest: undefined },
};

const RUNS: Leased<Run> = {
  create: async (store, clock) => {
    const run = newRun(clock, { statementId: 'some statement' });
    const toStore = runToStore(clock, { run });
    await store.createRequest(newRequest(clock, { run: run.run }), newLease(clock), toStore);
    await store.saveRun(run.run, toStore.lease, {}, true);
    return run;
  },
  missing: (run) => ({ ...run, run: newName('run') }),
  acquire: async (store, { run }, lease) => store.acquireRun(run, lease),
  save: async (store, { run }, lease, changes, release) => await store.saveRun(run, lease, changes, release) ? store.run(run) : undefined,
  changes: { isClosed: true, fetched: { seq: 1, rows: 2, bytes: 3, compressedBytes: 4, token: 'next', rowsOfPage: 5 }, endedAt: 4 },
  removal: { statementId: undefined },
};

/** Every rule of leases, as a test of a store that is started on a clock. */
export function describeLeases(name: string, start: StartTable): void {
  describe.each<[string, Leased<any>]>([['a request', REQUESTS], ['a run', RUNS]])(`in ${name}, the lease of %s`, (_, leased) => {
    const { changes, removal } = leased;
    const clock = new StandingClock();
    let table: TableUnderTest;

    beforeAll(async () => {
      table = await start(clock);
    });

    afterAll(async () => table.close());

    const create = async () => leased.create(table.store, clock);
    const acquire = async (record: object, lease = newLease(clock)) => leased.acquire(table.store, record, lease);
    const save = async (record: object, lease: Lease, change: object, release?: boolean) => leased.save(table.store, record, lease, change, release);

    async function acquired() {
      const record = await create();
      const lease = newLease(clock);
      expect(await acquire(record, lease)).toEqual({ state: 'acquired', record, crashes: 0 });
      return { record, lease };
    }

    it('is acquired by one of several concurrent functions', async () => {
      const record = await create();
      const results = await Promise.all(Array.from({ length: 10 }, async () => acquire(record)));
      expect(results.map(({ state }) => state).sort()).toEqual(['acquired', ...Array<string>(9).fill('held')]);
    });

    it('expires, after which another function acquires it and the earlier holder can no longer save', async () => {
      const { record, lease } = await acquired();
      clock.time = lease.until;
      expect(await acquire(record)).toEqual({ state: 'held' });
      clock.pass(1);
      expect(await acquire(record)).toEqual({ state: 'acquired', record, crashes: 1 });
      expect(await save(record, lease, changes)).toBeUndefined();
    });

    it('allows its holder to save after the expiry when no other function has acquired it', async () => {
      const { record, lease } = await acquired();
      clock.time = lease.until + 1;
      expect(await save(record, lease, changes)).toEqual({ ...record, ...changes });
    });

    it('allows only its holder to save', async () => {
      const { record, lease } = await acquired();
      expect(await save(record, lease, changes)).toEqual({ ...record, ...changes });
      expect(await save(record, newLease(clock), removal)).toBeUndefined();
      expect(await save(record, lease, {})).toEqual({ ...record, ...changes });
      expect(await acquire(record)).toEqual({ state: 'held' });
    });

    it('allows its holder to remove an attribute and change others', async () => {
      const { record, lease } = await acquired();
      const saved = await save(record, lease, { ...changes, ...removal });
      expect(saved).toEqual({ ...record, ...changes, ...removal });
      expect(Object.keys(saved)).not.toContain(Object.keys(removal)[0]);
    });

    it('is released with the last changes', async () => {
      const { record, lease } = await acquired();
      expect(await save(record, lease, changes, true)).toEqual({ ...record, ...changes });
      expect(await save(record, lease, removal)).toBeUndefined();
      expect(await acquire(record)).toEqual({ state: 'acquired', record: { ...record, ...changes }, crashes: 0 });
    });

    it('is released without changes, by its holder only', async () => {
      const { record, lease } = await acquired();
      expect(await save(record, newLease(clock), {}, true)).toBeUndefined();
      expect(await acquire(record)).toEqual({ state: 'held' });
      expect(await save(record, lease, {}, true)).toEqual(record);
      expect(await acquire(record)).toEqual({ state: 'acquired', record, crashes: 0 });
    });

    it('cannot be acquired when the record is not stored', async () => {
      const { record, lease } = await acquired();
      const missing = leased.missing(record);
      expect(await acquire(missing)).toEqual({ state: 'missing' });
      expect(await save(missing, lease, changes)).toBeUndefined();
      expect(await acquire(missing)).toEqual({ state: 'missing' });
    });

    it('cannot be acquired when the record has expired', async () => {
      const { record, lease } = await acquired();
      clock.passLife();
      expect(await acquire(record)).toEqual({ state: 'missing' });
      expect(await save(record, lease, changes)).toBeUndefined();
    });
  });
}

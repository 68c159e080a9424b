import { newLease, newName, newRequest, newRun, runToStore, StandingClock } from './store-fixture';
import type { StartTable, TableUnderTest } from './store-fixture';
import type { Lease, NewRun, SlotsInUse, Store } from '../../../src/runtime/model/ports';
import type { Request, Subscriber } from '../../../src/runtime/model/request';
import type { Run } from '../../../src/runtime/model/run';

/** Each is longer than a thirtieth of the megabyte that DynamoDB gives at once. */
export const LONG_STRING = 'x'.repeat(40 * 1024);
export const MANY = 30;

/** The change that ends a request. */
export const TERMINAL = { terminalMessage: '{"type":"complete"}' };

/** Everything that is stored for a request and for its new run. */
interface Records {
  readonly requests: Request[];
  readonly slots: SlotsInUse;
  readonly subscribers: Subscriber[];
  readonly run?: Run;
  readonly cachedRun?: string;
}

/** A store on a clock that stands, from `beforeAll` to `afterAll`. */
export class StoreUnderTest {
  public readonly clock = new StandingClock();
  private started?: TableUnderTest;

  public get table(): TableUnderTest {
    return this.started!;
  }

  public get store(): Store {
    return this.table.store;
  }

  public async start(start: StartTable): Promise<void> {
    this.started = await start(this.clock);
  }

  /** Stores a request. With a new run, the request joins it. */
  public async createdRequest(changes: Partial<Request> = {}, toStore?: NewRun): Promise<{ request: Request; lease: Lease }> {
    const request = newRequest(this.clock, { ...toStore && { run: toStore.run.run }, ...changes });
    const lease = newLease(this.clock);
    expect(await this.store.createRequest(request, lease, toStore)).toEqual({ state: 'created' });
    return { request, lease };
  }

  /** Stores a run, and returns it without a lease and without a subscriber. */
  /** A request that has a slot of its connection and one of its caller. */
  public async createdRequestOfCaller(changes: Partial<Request> = {}): Promise<{ request: Request; lease: Lease }> {
    return this.createdRequest({ caller: newName('caller'), slots: { connection: 1, caller: 2 }, ...changes });
  }

  public async createdRun(changes: Partial<Run> = {}): Promise<Run> {
    const run = newRun(this.clock, changes);
    const toStore = runToStore(this.clock, { run });
    const { request } = await this.createdRequest({}, toStore);
    expect(await this.store.removeRequest(request)).toBe(run.run);
    expect(await this.store.saveRun(run.run, toStore.lease, {}, true)).toBe(true);
    return run;
  }

  public async recordsOf({ connectionId, caller, run }: Request, toStore?: NewRun): Promise<Records> {
    return {
      requests: await this.store.requests(connectionId),
      slots: await this.store.slotsInUse(connectionId, caller),
      subscribers: await this.store.subscribers(run),
      ...toStore && { run: await this.store.run(toStore.run.run), cachedRun: await this.store.cachedRun(toStore.cacheKey) },
    };
  }
}

import { newLease, newRequest, newRun, StandingClock } from './store-fixture';
import type { StartTable, TableUnderTest } from './store-fixture';
import type { Lease, Store } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';
import type { Run } from '../../../src/runtime/model/run';

/** Each is longer than a thirtieth of the megabyte that DynamoDB gives at once. */
export const LONG_STRING = 'x'.repeat(40 * 1024);
export const MANY = 30;

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

  public async createdRequest(changes: Partial<Request> = {}): Promise<{ request: Request; lease: Lease }> {
    const request = newRequest(this.clock, changes);
    const lease = newLease(this.clock);
    expect(await this.store.createRequest(request, lease)).toBe(true);
    return { request, lease };
  }

  public async createdRun(changes: Partial<Run> = {}): Promise<Run> {
    const run = newRun(this.clock, changes);
    await this.store.createRun(run);
    return run;
  }
}

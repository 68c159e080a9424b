import { describeCreations } from './creation-contract';
import { describeCredits } from './credit-contract';
import { describeEnds } from './end-contract';
import { describeIdentities } from './identity-contract';
import { describeMoves } from './move-contract';
import { describeRemovals } from './removal-contract';
import { describeRequests } from './request-contract';
import { describeRuns } from './run-contract';
import { describeSlots } from './slot-contract';
import type { StartTable } from './store-fixture';
import { StoreUnderTest } from './store-under-test';

/** Every rule of `Store`, those of leases aside, as a test of one that is started on a clock. */
export function describeStore(name: string, start: StartTable): void {
  describe(`the store in ${name}`, () => {
    const tested = new StoreUnderTest();

    beforeAll(async () => tested.start(start));

    afterAll(async () => tested.table.close());

    describeRequests(tested);
    describeCreations(tested);
    describeMoves(tested);
    describeEnds(tested);
    describeRemovals(tested);
    describeSlots(tested);
    describeCredits(tested);
    describeIdentities(tested);
    describeRuns(tested);
  });
}

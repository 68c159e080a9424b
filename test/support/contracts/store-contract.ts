import { describeCallers } from './caller-contract';
import { describeCredits } from './credit-contract';
import { describeRequests } from './request-contract';
import { describeRuns } from './run-contract';
import type { StartTable } from './store-fixture';
import { StoreUnderTest } from './store-under-test';

/** Every rule of `Store`, those of leases aside, as a test of one that is started on a clock. */
export function describeStore(name: string, start: StartTable): void {
  describe(`the store in ${name}`, () => {
    const tested = new StoreUnderTest();

    beforeAll(async () => tested.start(start));

    afterAll(async () => tested.table.close());

    describeRequests(tested);
    describeCredits(tested);
    describeCallers(tested);
    describeRuns(tested);
  });
}

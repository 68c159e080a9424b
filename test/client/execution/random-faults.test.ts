import { describeRandomFaults } from '../support/random-faults';

// test/deep/client/random-faults.test.ts has more runs.
describeRandomFaults(50);

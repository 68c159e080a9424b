import { describeRandomFaults } from '../../client/support/random-faults';

describeRandomFaults(500);

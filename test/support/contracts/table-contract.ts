import { describeLeases } from './lease-contract';
import { describeResults } from './results-contract';
import { describeStore } from './store-contract';
import type { StartTable } from './store-fixture';

/** Describes everything that the runtime expects of a table. */
export function describeTable(name: string, start: StartTable): void {
  describeStore(name, start);
  describeLeases(name, start);
  describeResults(name, start);
}

import * as fc from 'fast-check';
import { perhaps, time } from './arbitrary-values';
import type { Settings, StatementPlan } from './scenario';

const DAY_SECONDS = 86_400;

export const settings: fc.Arbitrary<Settings> = fc.record({
  timeoutSeconds: fc.constantFrom(60, 15, 300, 900),
  resultReuseSeconds: fc.constantFrom(0, 5, 60, 600, DAY_SECONDS),
  resultRetentionSeconds: fc.constantFrom(3600, 600, 60, DAY_SECONDS),
  maxQueriesPerConnection: fc.constantFrom(10, 10, 10, 3, 1),
  maxQueriesPerCaller: perhaps(fc.constantFrom(100, 100, 100, 100, 100, 100, 3, 1)),
  activeStatements: fc.constantFrom(500, 500, 500, 2, 1),
  shareOfRates: fc.constantFrom(1, 1, 1, 0.1),
  inlineWaitSeconds: fc.constantFrom(1, 1, 0, 10),
  maxRows: perhaps(fc.constantFrom(5, 10, 1, 1000), 4),
  maxResultBytes: perhaps(fc.constantFrom(100_000, 20_000, 50), 10),
});

export const statement: fc.Arbitrary<StatementPlan> = fc.oneof(
  { weight: 6, arbitrary: result(fc.nat(20), fc.constantFrom(10, 4000, 12_000), fc.constantFrom(1000, 5, 2)) },
  { weight: 1, arbitrary: result(fc.nat(3000), fc.constant(3), fc.constantFrom(1000, 500)) },
  { weight: 1, arbitrary: result(fc.nat(3), fc.constant(40_000), fc.constant(2)) },
  { weight: 3, arbitrary: result(fc.constant(0), fc.constant(1), fc.constant(1), fc.constantFrom('none', 'fails', 'rejected', 'aborted')) },
);

export function result(
  rows: fc.Arbitrary<number>,
  width: fc.Arbitrary<number>,
  rowsOfPage: fc.Arbitrary<number>,
  outcome: fc.Arbitrary<StatementPlan['outcome']> = fc.constant('rows'),
): fc.Arbitrary<StatementPlan> {
  const runsFor = fc.oneof(time, fc.nat(1000), fc.nat(2_000_000));
  return fc.record({ outcome, runsFor, rows, width, compresses: fc.boolean(), rowsOfPage, cancelTakes: fc.constantFrom(10, 0, 3000) });
}

export const event = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.nat(400)) },
  { weight: 2, arbitrary: fc.tuple(fc.nat(400), fc.nat(20_000)) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(100_000)) },
  { weight: 2, arbitrary: fc.constant([]) },
);

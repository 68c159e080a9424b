import { usageOf } from '../../bench/cost/cost-model';
import type { Counts } from '../../bench/pipeline/counts/counts-file';
import { NO_USAGE } from '../../bench/usage';

/** A query with 10 writes, one more for each viewer, and one more for each 1,000 rows and viewer. */
function counts(sqlMilliseconds: number, viewers: number, rows: number): Counts {
  const usage = { ...NO_USAGE, writeUnits: 10 + viewers + viewers * rows / 1000, apiMessages: sqlMilliseconds };
  return { sqlMilliseconds, viewers, rows, calls: {}, usage };
}

const COUNTS = [500, 5000].flatMap((sql) => [1, 20].flatMap((viewers) => [31, 20_000].map((rows) => counts(sql, viewers, rows))));
const ONE = { queries: 1, viewers: 1, rows: 31, sqlMilliseconds: 500, connectionMinutes: 0 };

describe('usageOf', () => {
  it.each([[1, 31], [7, 31], [20, 5000], [100, 40_000]])('is linear in viewers and rows: %i viewers, %i rows', (viewers, rows) => {
    expect(usageOf({ ...ONE, viewers, rows }, COUNTS).writeUnits).toBeCloseTo(10 + viewers + viewers * rows / 1000, 6);
  });

  it('multiplies by the number of queries, and adds the minutes of connections once', () => {
    expect(usageOf({ ...ONE, queries: 1000, connectionMinutes: 60 }, COUNTS)).toMatchObject({ apiMessages: 500_000, connectionMinutes: 60 });
  });

  it('counts fewer rows than measured as the measured ones', () => {
    expect(usageOf({ ...ONE, rows: 0 }, COUNTS)).toEqual(usageOf(ONE, COUNTS));
  });

  it.each([[50, 500], [500, 500], [4999, 500], [5000, 5000], [60_000, 5000]])('uses the counts of the longest shorter SQL: %i ms', (sqlMilliseconds, measured) => {
    expect(usageOf({ ...ONE, sqlMilliseconds }, COUNTS).apiMessages).toBe(measured);
  });
});

import type { Counts } from '../pipeline/counts/counts-file';
import { addUsage } from '../usage';
import type { Usage } from '../usage';

/** Queries of which the cost is computed. */
export interface Workload {
  /** Number of different queries. */
  readonly queries: number;
  /** Rows of each result. */
  readonly rows: number;
  /** Number of viewers that submit each query at the same time. */
  readonly viewers: number;
  /** Duration of the SQL, in milliseconds. */
  readonly sqlMilliseconds: number;
  /** Minutes of all connections together. */
  readonly connectionMinutes: number;
}

/**
 * Returns the usage of a workload from the counts of four measured queries: few and many viewers, few and many rows. Between and beyond them, the
 * usage is linear in viewers and in rows. Fewer rows than measured use as much as the measured ones, because a result has at least one message.
 */
export function usageOf({ queries, rows, viewers, sqlMilliseconds, connectionMinutes }: Workload, counts: readonly Counts[]): Usage {
  const measured = counts.filter((count) => count.sqlMilliseconds === nearestSql(sqlMilliseconds, counts));
  const [fewViewers, manyViewers] = bounds(measured.map((count) => count.viewers));
  const [fewRows, manyRows] = bounds(measured.map((count) => count.rows));
  const v = (viewers - fewViewers) / (manyViewers - fewViewers);
  const r = Math.max(0, (rows - fewRows) / (manyRows - fewRows));
  const usage = (viewerCount: number, rowCount: number) =>
    measured.find((count) => count.viewers === viewerCount && count.rows === rowCount)!.usage;
  return addUsage(
    [usage(fewViewers, fewRows), queries * (1 - v) * (1 - r)],
    [usage(manyViewers, fewRows), queries * v * (1 - r)],
    [usage(fewViewers, manyRows), queries * (1 - v) * r],
    [usage(manyViewers, manyRows), queries * v * r],
    [{ connectionMinutes }, 1],
  );
}

/** The longest measured SQL that isn't longer, or the shortest. */
function nearestSql(milliseconds: number, counts: readonly Counts[]): number {
  const measured = [...new Set(counts.map(({ sqlMilliseconds }) => sqlMilliseconds))].sort((one, other) => one - other);
  return measured.filter((candidate) => candidate <= milliseconds).pop() ?? measured[0];
}

function bounds(numbers: readonly number[]): [min: number, max: number] {
  return [Math.min(...numbers), Math.max(...numbers)];
}

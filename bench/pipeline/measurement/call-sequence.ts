/** A call with its times, in milliseconds. */
export interface TimedCall {
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * Number of calls that were made one after the other up to a call, including it: the longest chain in which each call starts after the previous one
 * ended. Parallel calls count once. Independent calls that happened one after the other count, too.
 */
export function callsInSequence<T extends TimedCall>(calls: readonly T[], last: T): number {
  const before = calls.filter(({ endedAt }) => endedAt <= last.startedAt);
  let count = 1;
  let chainEnd = -Infinity;
  // The longest chain consists of the calls that end first.
  for (const { startedAt, endedAt } of [...before].sort((one, other) => one.endedAt - other.endedAt)) {
    if (startedAt >= chainEnd) {
      chainEnd = endedAt;
      count += 1;
    }
  }
  return count;
}

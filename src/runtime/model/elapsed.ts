/** The time since a moment, in milliseconds; 0 when the clock of the function that stored the moment is ahead. */
export function getElapsedMs(since: number, now: number): number {
  return Math.max(0, now - since);
}

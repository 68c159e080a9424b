/** Time elapsed since a moment, in milliseconds. Returns 0 if the clock that recorded the moment is ahead. */
export function getElapsedMs(since: number, now: number): number {
  return Math.max(0, now - since);
}

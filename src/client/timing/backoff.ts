const INITIAL_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;

/** Returns the delay before the next attempt: exponential backoff with jitter, so that clients that were disconnected together don't return together. */
export function retryDelay(attempt: number, random: () => number): number {
  return Math.min(MAX_DELAY_MS, INITIAL_DELAY_MS * 2 ** attempt) * (0.5 + random() / 2);
}

const INTERVAL_MS = 25;
/** Less than the timeout of a test, so that the failed expectation is reported. */
const TIMEOUT_MS = 120_000;

/** Repeats the expectations until they hold, or fails with the last failure when the time is over. */
export async function eventually(expectations: () => Promise<void> | void, timeoutMs = TIMEOUT_MS): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      await expectations();
      return;
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  }
}

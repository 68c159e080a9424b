const STEP_MS = 50;

/**
 * Stops the timers and the date of this process, also those of the local AWS and of AWS SDK clients, until `jest.useRealTimers()`.
 * Functions of the local AWS run in other processes, in real time.
 */
export function stopTime(): void {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'performance', 'hrtime'] });
}

/** Advances the stopped time, and calls the timers that are due. */
export function advanceTime(milliseconds: number): void {
  jest.advanceTimersByTime(milliseconds);
}

/** Advances the stopped time until a promise settles. */
export async function whileTimePasses<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = promise.finally(() => { isSettled = true; });
  // A rejection is the caller's, who awaits the promise below.
  settled.catch(() => undefined);
  while (!isSettled) {
    await new Promise((resolve) => setImmediate(resolve));
    await jest.advanceTimersByTimeAsync(STEP_MS);
  }
  return settled;
}

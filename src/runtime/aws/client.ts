import { isDoubtful } from './attempts';
import { errorName, isBusy, isThrottle } from './errors';
import { ServiceBusy, Throttled } from '../ports';

/** The SDK then waits out a throttle of several seconds inside one call, and still leaves time in the 29 seconds of API Gateway. */
export const MAXIMUM_ATTEMPTS = 6;

/** For calls that the queue repeats: it waits longer, and holds no function meanwhile. */
export const MAXIMUM_QUEUED_ATTEMPTS = 3;

/** Makes one call. An error that passes by itself becomes ServiceBusy, and Throttled where no attempt can have had effect. */
export async function call<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  if (errorName(error) === 'SyntaxError') {
    // The error quotes what it could not read, which may be a row.
    return new Error('the answer of the service could not be read');
  }
  const text = `${errorName(error)}: ${(error as Error).message}`;
  if (isThrottle(error)) {
    return isDoubtful(error) ? new ServiceBusy(text) : new Throttled(text);
  }
  return isBusy(error) ? new ServiceBusy(text) : error;
}

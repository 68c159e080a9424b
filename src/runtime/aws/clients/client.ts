import { isDoubtful } from './attempts';
import { errorName, isBusy, isThrottle } from './errors';
import { ServiceBusyError, ThrottledError } from '../../model/errors';

/** Makes one call. Converts temporary errors to ServiceBusyError, or to ThrottledError if no attempt can have had effect. */
export async function call<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  if (errorName(error) === 'SyntaxError') {
    // The error quotes the response, which can contain a row.
    return new Error('failed to parse the response of the service');
  }
  const text = `${errorName(error)}: ${(error as Error).message}`;
  if (isThrottle(error)) {
    return isDoubtful(error) ? new ServiceBusyError(text) : new ThrottledError(text);
  }
  return isBusy(error) ? new ServiceBusyError(text) : error;
}

import { isDoubtful } from './attempts';
import { errorName, isBusy, isThrottle } from './errors';
import { ServiceBusyError, ThrottledError } from '../../model/errors';

/** Makes one call. An error that passes by itself becomes ServiceBusyError, and ThrottledError where no attempt can have had effect. */
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
    return isDoubtful(error) ? new ServiceBusyError(text) : new ThrottledError(text);
  }
  return isBusy(error) ? new ServiceBusyError(text) : error;
}

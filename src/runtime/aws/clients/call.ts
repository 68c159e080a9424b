import { mayHaveHadEffect } from './attempts';
import { getErrorName, isBusy, isThrottle } from './errors';
import { ServiceBusyError, ThrottledError } from '../../model/errors';

/** Makes one call. Converts temporary errors to ServiceBusyError, or to ThrottledError if no attempt can have had effect. */
export async function call<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw translateError(error);
  }
}

function translateError(error: unknown): unknown {
  if (getErrorName(error) === 'SyntaxError') {
    // The error quotes the response, which can contain a row.
    return new Error('failed to parse the response of the service');
  }
  const description = `${getErrorName(error)}: ${(error as Error).message}`;
  if (isThrottle(error)) {
    return mayHaveHadEffect(error) ? new ServiceBusyError(description) : new ThrottledError(description);
  }
  return isBusy(error) ? new ServiceBusyError(description) : error;
}

import { ServiceBusyError } from '../model/errors';
import type { LeaseResult } from '../model/ports';

/** Acquires a lease. Returns `busy` if the store is unavailable. */
export async function acquireLease<T>(acquire: () => Promise<LeaseResult<T>>): Promise<LeaseResult<T> | { readonly state: 'busy' }> {
  try {
    return await acquire();
  } catch (error) {
    if (error instanceof ServiceBusyError) {
      return { state: 'busy' };
    }
    throw error;
  }
}

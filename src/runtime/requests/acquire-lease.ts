import { ServiceBusy } from '../model/ports';
import type { Claim } from '../model/ports';

/** Claims something; a store that cannot be asked at the moment is no failure. */
export async function claimWhenAble<T>(claim: () => Promise<Claim<T>>): Promise<Claim<T> | { readonly state: 'busy' }> {
  try {
    return await claim();
  } catch (error) {
    if (error instanceof ServiceBusy) {
      return { state: 'busy' };
    }
    throw error;
  }
}

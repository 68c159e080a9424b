import type { FinalizeRequestMiddleware, MiddlewareStack } from '@smithy/types';
import { isThrottle } from './errors';

interface Client {
  readonly middlewareStack: Pick<MiddlewareStack<any, any>, 'addRelativeTo'>;
}

const errorsWithEffect = new WeakSet<object>();

const watch: FinalizeRequestMiddleware<any, any> = (next) => {
  let hadEffect = false;
  return async (args) => {
    try {
      return await next(args);
    } catch (error) {
      hadEffect ||= !isThrottle(error);
      if (hadEffect) {
        errorsWithEffect.add(error as object);
      }
      throw error;
    }
  };
};

/** Records the errors of all attempts of a call. The last error alone doesn't show whether an earlier attempt had effect. */
export function watchAttempts<T extends Client>(client: T): T {
  client.middlewareStack.addRelativeTo(watch, { name: 'watchAttempts', relation: 'after', toMiddleware: 'retryMiddleware' });
  return client;
}

/** Whether a failed call may have had effect in one of its attempts. */
export function mayHaveHadEffect(error: unknown): boolean {
  return errorsWithEffect.has(error as object);
}

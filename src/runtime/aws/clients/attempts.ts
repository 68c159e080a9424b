import type { FinalizeRequestMiddleware, MiddlewareStack } from '@smithy/types';
import { isThrottle } from './errors';

interface Client {
  readonly middlewareStack: Pick<MiddlewareStack<any, any>, 'addRelativeTo'>;
}

const doubtful = new WeakSet<object>();

const watch: FinalizeRequestMiddleware<any, any> = (next) => {
  let mayHaveHadEffect = false;
  return async (args) => {
    try {
      return await next(args);
    } catch (error) {
      mayHaveHadEffect ||= !isThrottle(error);
      if (mayHaveHadEffect) {
        doubtful.add(error as object);
      }
      throw error;
    }
  };
};

/** Watches the attempts that the SDK makes for one call: the last error says nothing of the ones before it. */
export function watchAttempts<T extends Client>(client: T): T {
  client.middlewareStack.addRelativeTo(watch, { name: 'watchAttempts', relation: 'after', toMiddleware: 'retryMiddleware' });
  return client;
}

/** Whether the call that ended in this error may have had effect by one of its attempts. */
export function isDoubtful(error: unknown): boolean {
  return doubtful.has(error as object);
}

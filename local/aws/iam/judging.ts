import type { Authorizer } from './authorizer';
import type { Judge } from '../api-endpoint';
import type { Telemetry } from '../telemetry';

/** Judges what is done, and tells of it: who, which action, which resource; never a body. */
export function judging(authorizer: Authorizer, telemetry: Telemetry): Judge {
  return async (request) => {
    const decision = await authorizer.decide(request);
    const { principal, action, resource, context = {} } = authorizer.asJudged(request);
    telemetry.trace({ kind: 'access', allowed: decision.allowed, principal, action, resource, context });
    return decision;
  };
}

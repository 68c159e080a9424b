import type { Authorize } from '../api-endpoint';
import type { AccessRequest, Decision } from './access-request';
import type { Authorizer } from './authorizer';
import type { Telemetry } from '../telemetry';

/** Evaluates and traces a request and its dependent requests, such as for KMS keys. */
export function tracedAuthorizer(
  authorizer: Authorizer, dependents: (request: AccessRequest) => readonly AccessRequest[], telemetry: Telemetry,
): Authorize {
  const authorize: Authorize = async (request) => {
    const decision = await authorizer.decide(request);
    const { principal, action, resource, context = {} } = authorizer.withRelevantContext(request);
    telemetry.trace({ kind: 'access', allowed: decision.allowed, principal, action, resource, context });
    return decision;
  };
  return async (request) => authorizeAll([request, ...dependents(request)], authorize);
}

/** Evaluates several requests. Returns the first denial. */
export async function authorizeAll(requests: readonly AccessRequest[], authorize: Authorize): Promise<Decision> {
  for (const request of requests) {
    const decision = await authorize(request);
    if (!decision.allowed) {
      return decision;
    }
  }
  return { allowed: true, reason: '' };
}

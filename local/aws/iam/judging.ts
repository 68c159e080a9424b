import type { Judge } from '../api-endpoint';
import type { AccessRequest, Decision } from './access-request';
import type { Authorizer } from './authorizer';
import type { Telemetry } from '../telemetry';

/** Judges what is done and what it needs beside, and tells of it: who, which action, which resource; never a body. */
export function judging(authorizer: Authorizer, needs: (request: AccessRequest) => readonly AccessRequest[], telemetry: Telemetry): Judge {
  const judge: Judge = async (request) => {
    const decision = await authorizer.decide(request);
    const { principal, action, resource, context = {} } = authorizer.asJudged(request);
    telemetry.trace({ kind: 'access', allowed: decision.allowed, principal, action, resource, context });
    return decision;
  };
  return async (request) => everyOne([request, ...needs(request)], judge);
}

/** The first denial of several requests, or that all are allowed. */
export async function everyOne(requests: readonly AccessRequest[], judge: Judge): Promise<Decision> {
  for (const request of requests) {
    const decision = await judge(request);
    if (!decision.allowed) {
      return decision;
    }
  }
  return { allowed: true, reason: '' };
}

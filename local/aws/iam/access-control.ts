import type { AccessRequest, Decision } from './access-request';
import type { Authorizer } from './authorizer';
import type { Telemetry } from '../telemetry';

/** Judges what is done, and tells of it: who, which action, which resource; never a body. */
export class AccessControl {
  constructor(private readonly authorizer: Authorizer, private readonly telemetry: Telemetry) {}

  public async judge(request: AccessRequest): Promise<Decision> {
    const decision = await this.authorizer.decide(request);
    const { principal, action, resource, context = {} } = request;
    this.telemetry.trace({ kind: 'access', allowed: decision.allowed, principal, action, resource, context });
    return decision;
  }
}

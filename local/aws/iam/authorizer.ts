import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { RunSimulationResults, SingleResourceSimulationResult } from '@cloud-copilot/iam-simulate';
import type { AccessRequest, Decision } from './access-request';
import type { NamedPolicy, PolicyDocument } from './policy-document';
import { isService, requestContext } from './request-context';
import type { RolePolicies } from './role-policies';
import type { StackPolicies } from './stack-policies';
import type { StackEnvironment } from '../template/template';

/** The role of the person at this machine, who is an administrator. */
export const DEVELOPER_ROLE = 'developer';

const ADMINISTRATOR: NamedPolicy = {
  name: 'AdministratorAccess',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};

/** The same few functions ask the same again and again; connections and objects come and go. */
const MOST_REMEMBERED = 10_000;

/** Decides by the policies of a stack who may do what, as IAM would: a policy simulator evaluates them. */
export class Authorizer {
  private readonly decisions = new Map<string, Promise<Decision>>();

  constructor(private readonly policies: StackPolicies, private readonly environment: StackEnvironment) {}

  /** Decides about a request. Throws for one that IAM could not know, such as a resource of the wrong type. */
  public async decide(request: AccessRequest): Promise<Decision> {
    const key = JSON.stringify(request);
    let decision = this.decisions.get(key);
    if (decision === undefined) {
      decision = this.simulate(request);
      if (this.decisions.size >= MOST_REMEMBERED) {
        this.decisions.clear();
      }
      this.decisions.set(key, decision);
    }
    return decision;
  }

  private async simulate(request: AccessRequest): Promise<Decision> {
    const { principal, action, resource } = request;
    const roleName = isService(principal) ? undefined : principal.split('/')[1];
    const role = roleName === undefined ? undefined : this.policies.roles.get(roleName);
    const result = await runSimulation({
      request: {
        principal,
        action,
        resource: { resource, accountId: this.environment.accountId },
        contextVariables: requestContext(request, role, this.environment),
      },
      identityPolicies: roleName === DEVELOPER_ROLE ? [ADMINISTRATOR] : [...role?.identityPolicies ?? []],
      permissionBoundaryPolicies: role?.boundary && [role.boundary],
      resourcePolicy: this.resourcePolicy(resource),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    }, {});
    return decisionOf(request, result, role);
  }

  private resourcePolicy(resource: string): PolicyDocument | undefined {
    const { partition, accountId } = this.environment;
    if (/^arn:[^:]+:kms:/.test(resource) && !this.policies.resourcePolicies.has(resource)) {
      // A key outside of the stack is taken to have the policy that a key gets by itself, which leaves it to IAM.
      const owner = { AWS: `arn:${partition}:iam::${accountId}:root` };
      return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: owner, Action: 'kms:*', Resource: '*' }] };
    }
    // An object is under the policy of its bucket.
    const owner = /^arn:[^:]+:s3:::/.test(resource) ? resource.split('/')[0] : resource;
    return this.policies.resourcePolicies.get(owner);
  }
}

function decisionOf({ principal, action, resource }: AccessRequest, result: RunSimulationResults, role: RolePolicies | undefined): Decision {
  if (result.resultType === 'error') {
    throw new Error(`IAM cannot judge ${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  }
  if (result.overallResult === 'Allowed') {
    return { allowed: true, reason: '' };
  }
  const why = result.overallResult === 'ExplicitlyDenied'
    ? `with an explicit deny in a ${deniedBy(result as SingleResourceSimulationResult)} policy`
    : `because no ${isBlockedByBoundary(result, role) ? 'permissions boundary' : isService(principal) ? 'resource-based policy' : 'identity-based policy'} allows the ${action} action`;
  return { allowed: false, reason: `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ${why}` };
}

function deniedBy({ result: { analysis } }: SingleResourceSimulationResult): string {
  return (analysis.resourceAnalysis?.denyStatements.length ?? 0) > 0 ? 'resource-based' : 'identity-based';
}

function isBlockedByBoundary(result: RunSimulationResults, role: RolePolicies | undefined): boolean {
  return role?.boundary !== undefined && result.resultType === 'single' && result.result.analysis.blockedBy?.includes('pb') === true;
}

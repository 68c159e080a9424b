import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import type { EvaluationResult, RunSimulationResults, Simulation, SingleResourceSimulationResult } from '@cloud-copilot/iam-simulate';
import type { AccessRequest, Decision } from './access-request';
import { conditionKeysOf } from './policy-document';
import type { NamedPolicy, PolicyDocument } from './policy-document';
import { isService, isUser, requestContext } from './request-context';
import type { RolePolicies } from './role-policies';
import type { StackPolicies } from './stack-policies';
import type { StackEnvironment } from '../template/template';

/** Role with administrator access, for callers outside of the functions. */
export const DEVELOPER_ROLE = 'developer';

const ADMINISTRATOR: NamedPolicy = {
  name: 'AdministratorAccess',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};

/** The simulator rejects the ARNs of WebSocket routes, so these requests are evaluated without validation. */
const INVOKE = 'execute-api:Invoke';

const MAX_CACHED_DECISIONS = 10_000;

/** Evaluates the policies of a stack with a policy simulator. */
export class Authorizer {
  private readonly decisions = new Map<string, Promise<Decision>>();
  /** Condition keys in the policies of each role and user, in lower case. */
  private readonly keys: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(private readonly policies: StackPolicies, private readonly environment: StackEnvironment) {
    this.keys = new Map([...policies.roles, ...policies.users].map(([name, { identityPolicies, boundary }]) =>
      [name, new Set([...identityPolicies, ...boundary ? [boundary] : []].flatMap(({ policy }) => conditionKeysOf(policy)))]));
  }

  /** Evaluates a request. Throws if the request is invalid, such as a resource of the wrong type. */
  public async decide(original: AccessRequest): Promise<Decision> {
    const request = this.withRelevantContext(original);
    const key = JSON.stringify(request);
    let decision = this.decisions.get(key);
    if (decision === undefined) {
      decision = this.simulate(request);
      if (this.decisions.size >= MAX_CACHED_DECISIONS) {
        this.decisions.clear();
      }
      this.decisions.set(key, decision);
    }
    return decision;
  }

  /** Removes condition keys that no policy of the caller contains, such as the key of each item. The results can then be cached. */
  public withRelevantContext(request: AccessRequest): AccessRequest {
    const { principal, context } = request;
    const keys = this.keys.get(principal.split('/')[1] ?? '');
    if (context === undefined || isService(principal) || keys === undefined) {
      return request;
    }
    return { ...request, context: Object.fromEntries(Object.entries(context).filter(([key]) => keys.has(key.toLowerCase()))) };
  }

  /** Whether a policy, such as that of a Lambda authorizer, allows to invoke an API. Throws if the policy is invalid. */
  public async allowsToInvoke(policy: PolicyDocument, resource: string): Promise<boolean> {
    const { partition, accountId } = this.environment;
    const request = { principal: `arn:${partition}:sts::${accountId}:assumed-role/authorized/client`, action: INVOKE, resource };
    return invokeResult(this.simulation(request, { identityPolicies: [{ name: 'the policy of the authorizer', policy }] })) === 'Allowed';
  }

  private async simulate(request: AccessRequest): Promise<Decision> {
    const { principal, action } = request;
    const name = isService(principal) ? '' : principal.split('/')[1];
    const caller = (isUser(principal) ? this.policies.users : this.policies.roles).get(name);
    const simulation = this.simulation(request, {
      identityPolicies: name === DEVELOPER_ROLE && !isUser(principal) ? [ADMINISTRATOR] : [...caller?.identityPolicies ?? []],
      boundary: caller?.boundary,
      caller,
    });
    if (action === INVOKE) {
      const result = invokeResult(simulation);
      return { allowed: result === 'Allowed', reason: result === 'Allowed' ? '' : reasonOf(request, `because no policy allows the ${action} action, or a policy denies it`) };
    }
    return decisionOf(request, await runSimulation(simulation, {}), caller);
  }

  private simulation(
    request: AccessRequest, { identityPolicies, boundary, caller }: {
      readonly identityPolicies: NamedPolicy[]; readonly boundary?: NamedPolicy; readonly caller?: RolePolicies;
    },
  ): Simulation {
    const { principal, action, resource } = request;
    return {
      request: {
        principal,
        action,
        resource: { resource, accountId: this.environment.accountId },
        contextVariables: requestContext(request, caller, this.environment),
      },
      identityPolicies,
      permissionBoundaryPolicies: boundary && [boundary],
      resourcePolicy: this.resourcePolicy(resource),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    };
  }

  private resourcePolicy(resource: string): PolicyDocument | undefined {
    const { partition, accountId } = this.environment;
    if (/^arn:[^:]+:kms:/.test(resource) && !this.policies.resourcePolicies.has(resource)) {
      // A key outside of the stack has the default key policy.
      const owner = { AWS: `arn:${partition}:iam::${accountId}:root` };
      return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: owner, Action: 'kms:*', Resource: '*' }] };
    }
    // The bucket policy applies to objects.
    const owner = /^arn:[^:]+:s3:::/.test(resource) ? resource.split('/')[0] : resource;
    return this.policies.resourcePolicies.get(owner);
  }
}

function invokeResult(simulation: Simulation): EvaluationResult {
  return runUnsafeSimulation(simulation, {});
}

function reasonOf({ principal, action, resource }: AccessRequest, why: string): string {
  return `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}

function decisionOf(request: AccessRequest, result: RunSimulationResults, role: RolePolicies | undefined): Decision {
  const { principal, action, resource } = request;
  if (result.resultType === 'error') {
    throw new Error(`the request ${action} on ${resource} is invalid: ${JSON.stringify(result.errors)}`);
  }
  if (result.overallResult === 'Allowed') {
    return { allowed: true, reason: '' };
  }
  const why = result.overallResult === 'ExplicitlyDenied'
    ? `with an explicit deny in a ${deniedBy(result as SingleResourceSimulationResult)} policy`
    : `because no ${isBlockedByBoundary(result, role) ? 'permissions boundary' : isService(principal) ? 'resource-based policy' : 'identity-based policy'} allows the ${action} action`;
  return { allowed: false, reason: reasonOf(request, why) };
}

function deniedBy({ result: { analysis } }: SingleResourceSimulationResult): string {
  return (analysis.resourceAnalysis?.denyStatements.length ?? 0) > 0 ? 'resource-based' : 'identity-based';
}

function isBlockedByBoundary(result: RunSimulationResults, role: RolePolicies | undefined): boolean {
  return role?.boundary !== undefined && result.resultType === 'single' && result.result.analysis.blockedBy?.includes('pb') === true;
}

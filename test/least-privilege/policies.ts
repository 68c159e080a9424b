import { Authorizer } from '../../local/aws/iam/authorizer';
import { statementsOf } from '../../local/aws/iam/policy-document';
import type { PolicyStatement } from '../../local/aws/iam/policy-document';
import { readPolicies } from '../../local/aws/iam/stack-policies';
import type { StackPolicies } from '../../local/aws/iam/stack-policies';
import { RESOURCE_TYPES } from '../../local/aws/resource-types';
import { readAssemblyStack } from '../../local/aws/template/assembly';
import { Stack, stackEnvironment } from '../../local/aws/template/stack';

const ENVIRONMENT = stackEnvironment('EndToEnd', 'us-east-1', '111122223333');

/** One action on one resource pattern under one condition, in a policy of a role. */
export interface Grant {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** As JSON; {} for none. */
  readonly condition: string;
}

/** The policies of a synthesized stack, as the local AWS reads them. */
export function policiesOf(assemblyDirectory: string): StackPolicies {
  return readPolicies(new Stack(readAssemblyStack(assemblyDirectory), ENVIRONMENT, RESOURCE_TYPES));
}

/** All permissions of the roles of the functions, one by one. */
export function grantsOf({ roles }: StackPolicies, names = /StatementRole|OnDisconnectRole/): Grant[] {
  return functionRoles(roles, names).flatMap(([role, { identityPolicies }]) => identityPolicies
    .flatMap(({ policy }) => statementsOf(policy))
    .filter(({ Effect: effect }) => effect === 'Allow')
    .flatMap((statement) => asList(statement.Action)
      .flatMap((action) => asList(statement.Resource).map((resource) => ({ role, action, resource, condition: conditionOf(statement) })))));
}

/** An IAM in which a role lacks one grant, and has all others. */
export function authorizerWithout(policies: StackPolicies, grant?: Grant): Authorizer {
  const roles = new Map(policies.roles);
  const role = grant && roles.get(grant.role);
  if (role !== undefined) {
    const identityPolicies = role.identityPolicies.map(({ name, policy }) => ({
      name,
      policy: { ...policy, Statement: statementsOf(policy).flatMap((statement) => withoutGrant(statement, grant!)) },
    }));
    roles.set(grant!.role, { ...role, identityPolicies });
  }
  return new Authorizer({ ...policies, roles }, ENVIRONMENT);
}

/** The roles of functions that the AWS CDK adds to delete objects and the like are the CDK's. */
function functionRoles(roles: StackPolicies['roles'], names: RegExp) {
  return [...roles].filter(([name]) => names.test(name));
}

/** The same statement, or the two that are left of it: other actions, and the action on other resources. */
function withoutGrant(statement: PolicyStatement, { action, resource, condition }: Grant): PolicyStatement[] {
  const { Effect: effect, Action: actions, Resource: resources } = statement;
  const isOther = effect !== 'Allow' || condition !== conditionOf(statement);
  if (isOther || !asList(actions).includes(action) || !asList(resources).includes(resource)) {
    return [statement];
  }
  const parts = [
    { ...statement, Action: asList(actions).filter((other) => other !== action) },
    { ...statement, Action: [action], Resource: asList(resources).filter((other) => other !== resource) },
  ];
  return parts.filter(({ Action: left, Resource: on }) => asList(left).length > 0 && asList(on).length > 0);
}

function conditionOf({ Condition: condition = {} }: PolicyStatement): string {
  return JSON.stringify(condition);
}

function asList(value: string | readonly string[] | undefined): readonly string[] {
  return [value ?? []].flat() as string[];
}

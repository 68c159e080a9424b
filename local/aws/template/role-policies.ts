import { allowsAction } from './policy';
import type { PolicyStatement } from './policy';
import type { Properties } from './properties';
import type { Resource, Stack } from './stack';

/** Whether the policies of a role that are in the template allow an action, whatever their conditions. */
export function roleAllows(stack: Stack, role: Resource, action: string, resource: string): boolean {
  const attached = stack.resources('AWS::IAM::Policy').filter(({ properties }) => properties.list('Roles').includes(role.ref));
  const managed = stack.resources('AWS::IAM::ManagedPolicy')
    .filter(({ ref, properties }) => properties.list('Roles').includes(role.ref) || role.properties.list('ManagedPolicyArns').includes(ref));
  const policies = [...role.properties.objects('Policies'), ...[...attached, ...managed].map(({ properties }) => properties)];
  return allowsAction(policies.flatMap(statementsOf), action, resource);
}

function statementsOf(policy: Properties): readonly PolicyStatement[] {
  return policy.object('PolicyDocument').list('Statement') as readonly PolicyStatement[];
}

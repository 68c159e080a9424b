import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * A role of the user's as the functions can have it. What a role of another stack may do is said in the stack of the functions, since that
 * stack refers to the role already and must not be referred to by it.
 */
export function adoptRole(scope: Construct, id: string, role: iam.IRole): iam.IRole {
  if (!(role instanceof iam.Role)) {
    return role;
  }
  requireTrust(role);
  if (Stack.of(role) === Stack.of(scope)) {
    return role;
  }
  const { path } = role.node.defaultChild as iam.CfnRole;
  if (path !== undefined && path !== '/') {
    throw new Error(`statementRole has the path '${path}' and is in another stack: import it with Role.fromRoleArn(), or make it without a path`);
  }
  return iam.Role.fromRoleArn(scope, id, role.roleArn);
}

/** Lambda refuses a function whose role it may not assume. */
function requireTrust(role: iam.Role): void {
  const trust = Stack.of(role).resolve(role.assumeRolePolicy?.toJSON());
  const text = JSON.stringify(trust ?? {});
  if (!Token.isUnresolved(trust) && !text.includes('"lambda.amazonaws.com"')) {
    throw new Error(`statementRole ${role.node.path} does not let lambda.amazonaws.com assume it: make it with new ServicePrincipal('lambda.amazonaws.com')`);
  }
}

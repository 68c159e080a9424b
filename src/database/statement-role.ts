import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * A role of the app for the functions. A role of another stack is imported, because its policies must be in the stack of the functions: the other
 * stack must not depend on this one.
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
    throw new Error(`statementRole has the path '${path}' and is in another stack: import it with Role.fromRoleArn(), or create it without a path`);
  }
  return iam.Role.fromRoleArn(scope, id, role.roleArn);
}

/** Lambda rejects a function whose role it can't assume. */
function requireTrust(role: iam.Role): void {
  const trust = Stack.of(role).resolve(role.assumeRolePolicy?.toJSON());
  const json = JSON.stringify(trust ?? {});
  if (!Token.isUnresolved(trust) && !json.includes('"lambda.amazonaws.com"')) {
    throw new Error(`statementRole ${role.node.path} does not let lambda.amazonaws.com assume it: create it with new ServicePrincipal('lambda.amazonaws.com')`);
  }
}

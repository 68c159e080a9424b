import type { Stack } from '../template/stack';

/** A role or a user of the template. */
export interface Principal {
  readonly logicalId: string;
  readonly isUser: boolean;
  readonly name: string;
  readonly arn: string;
  readonly id: string;
}

/** Reads the roles and users of the stack. */
export function planPrincipals(stack: Stack): Principal[] {
  const principals = (type: string, idAttribute: string, isUser: boolean) => stack.plan(type, ({ logicalId, ref, attribute }) =>
    ({ logicalId, isUser, name: ref, arn: attribute('Arn'), id: attribute(idAttribute) }));
  return [...principals('AWS::IAM::Role', 'RoleId', false), ...principals('AWS::IAM::User', 'UserId', true)];
}

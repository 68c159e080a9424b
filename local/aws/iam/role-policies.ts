import type { NamedPolicy } from './policy-document';

/** A role or a user of the template with everything that says what it may do. */
export interface RolePolicies {
  readonly arn: string;
  readonly id: string;
  readonly identityPolicies: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
}

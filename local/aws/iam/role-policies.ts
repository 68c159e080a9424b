import type { NamedPolicy } from './policy-document';

/** The policies of a role or user. */
export interface RolePolicies {
  readonly arn: string;
  readonly id: string;
  readonly identityPolicies: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
}

import { arn, HARMLESS_TAGS, named } from './resource-type';
import type { ResourceIdentity, ResourceTypes } from './resource-type';

const POLICIES = 'policies are not judged locally, but for whether a role may list a bucket';

function iamArn({ environment }: ResourceIdentity, resource: string): string {
  return `arn:${environment.partition}:iam::${environment.accountId}:${resource}`;
}

/** Resources that other resources refer to, and that do nothing themselves on one machine. */
export const PASSIVE_TYPES: ResourceTypes = {
  'AWS::IAM::Role': {
    honoured: ['RoleName'],
    harmless: {
      ...HARMLESS_TAGS,
      AssumeRolePolicyDocument: POLICIES,
      Description: 'for people',
      ManagedPolicyArns: POLICIES,
      MaxSessionDuration: 'local credentials do not expire',
      Path: POLICIES,
      PermissionsBoundary: POLICIES,
      Policies: POLICIES,
    },
    ref: named('RoleName'),
    attributes: {
      Arn: (role) => iamArn(role, `role/${named('RoleName')(role)}`),
      RoleId: (role) => `AROA${role.generatedId(17).toUpperCase()}`,
    },
  },
  'AWS::IAM::Policy': {
    honoured: [],
    harmless: { Groups: POLICIES, PolicyDocument: POLICIES, PolicyName: POLICIES, Roles: POLICIES, Users: POLICIES },
    ref: named('PolicyName'),
  },
  'AWS::IAM::ManagedPolicy': {
    honoured: [],
    harmless: {
      Description: 'for people',
      Groups: POLICIES,
      ManagedPolicyName: POLICIES,
      Path: POLICIES,
      PolicyDocument: POLICIES,
      Roles: POLICIES,
      Users: POLICIES,
    },
    ref: (policy) => iamArn(policy, `policy/${named('ManagedPolicyName')(policy)}`),
  },
  'AWS::Logs::LogGroup': {
    honoured: ['LogGroupName'],
    harmless: {
      ...HARMLESS_TAGS,
      DataProtectionPolicy: 'log lines are shown, not kept',
      KmsKeyId: 'log lines are shown, not kept',
      LogGroupClass: 'log lines are shown, not kept',
      RetentionInDays: 'log lines are shown, not kept',
    },
    ref: named('LogGroupName'),
    attributes: { Arn: (group) => arn(group, 'logs', `log-group:${named('LogGroupName')(group)}:*`) },
  },
  'AWS::CDK::Metadata': {
    honoured: [],
    harmless: { Analytics: 'tells AWS which constructs are used' },
    ref: ({ logicalId }) => logicalId,
  },
};

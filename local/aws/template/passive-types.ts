import { arn, HARMLESS_TAGS, named } from './resource-type';
import type { ResourceIdentity, ResourceTypes } from './resource-type';
import { workgroupArn } from '../redshift-data/workgroup-arn';

const DATABASE = 'the database is on this machine';
const NETWORK = 'everything is on this machine, and reaches nothing else';
const NOBODY = 'there are no groups of users';

function iamArn({ environment }: ResourceIdentity, resource: string): string {
  return `arn:${environment.partition}:iam::${environment.accountId}:${resource}`;
}

/** Resources that other resources refer to, and that do nothing themselves on one machine. */
export const PASSIVE_TYPES: ResourceTypes = {
  'AWS::IAM::Role': {
    honoured: ['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Path', 'PermissionsBoundary', 'Policies', 'RoleName'],
    harmless: {
      ...HARMLESS_TAGS,
      Description: 'for people',
      MaxSessionDuration: 'local credentials do not expire',
    },
    values: { Path: ['/'] },
    ref: named('RoleName'),
    attributes: {
      Arn: (role) => iamArn(role, `role/${named('RoleName')(role)}`),
      RoleId: (role) => `AROA${role.generatedId(17).toUpperCase()}`,
    },
  },
  'AWS::IAM::User': {
    honoured: ['ManagedPolicyArns', 'Path', 'PermissionsBoundary', 'Policies', 'UserName'],
    harmless: HARMLESS_TAGS,
    values: { Path: ['/'] },
    ref: named('UserName'),
    attributes: {
      Arn: (user) => iamArn(user, `user/${named('UserName')(user)}`),
      // For the local AWS itself: CloudFormation does not tell the id of a user.
      UserId: (user) => `AIDA${user.generatedId(17).toUpperCase()}`,
    },
  },
  'AWS::IAM::Policy': {
    honoured: ['PolicyDocument', 'PolicyName', 'Roles', 'Users'],
    harmless: { Groups: NOBODY },
    ref: named('PolicyName'),
  },
  'AWS::IAM::ManagedPolicy': {
    honoured: ['ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles', 'Users'],
    harmless: { Description: 'for people', Groups: NOBODY },
    values: { Path: ['/'] },
    ref: (policy) => iamArn(policy, `policy/${named('ManagedPolicyName')(policy)}`),
  },
  'AWS::RedshiftServerless::Workgroup': {
    honoured: ['WorkgroupName'],
    harmless: { ...HARMLESS_TAGS, BaseCapacity: DATABASE, MaxCapacity: DATABASE, NamespaceName: DATABASE, PubliclyAccessible: DATABASE },
    ref: named('WorkgroupName'),
    attributes: { 'Workgroup.WorkgroupArn': (workgroup) => workgroupArn(named('WorkgroupName')(workgroup), workgroup.environment) },
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
  'AWS::EC2::SecurityGroup': {
    honoured: [],
    harmless: {
      ...HARMLESS_TAGS,
      GroupDescription: 'for people',
      SecurityGroupEgress: NETWORK,
      SecurityGroupIngress: NETWORK,
      VpcId: NETWORK,
    },
    ref: ({ generatedId }) => `sg-${generatedId(17)}`,
    attributes: { GroupId: ({ generatedId }) => `sg-${generatedId(17)}` },
  },
  'AWS::CDK::Metadata': {
    honoured: [],
    harmless: { Analytics: 'tells AWS which constructs are used' },
    ref: ({ logicalId }) => logicalId,
  },
};

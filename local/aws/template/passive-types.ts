import { arn, IGNORED_TAGS, named } from './resource-type';
import type { ResourceIdentity, ResourceTypes } from './resource-type';
import { workgroupArn } from '../redshift-data/workgroup-arn';

const DATABASE = 'the database is local';
const NETWORK = 'functions run outside of a VPC';
const NO_GROUPS = 'IAM groups are not emulated';

function iamArn({ environment }: ResourceIdentity, resource: string): string {
  return `arn:${environment.partition}:iam::${environment.accountId}:${resource}`;
}

/** Resource types that only other resources refer to. */
export const PASSIVE_TYPES: ResourceTypes = {
  'AWS::IAM::Role': {
    supported: ['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Path', 'PermissionsBoundary', 'Policies', 'RoleName'],
    ignored: {
      ...IGNORED_TAGS,
      Description: 'informational',
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
    supported: ['ManagedPolicyArns', 'Path', 'PermissionsBoundary', 'Policies', 'UserName'],
    ignored: IGNORED_TAGS,
    values: { Path: ['/'] },
    ref: named('UserName'),
    attributes: {
      Arn: (user) => iamArn(user, `user/${named('UserName')(user)}`),
      // Only for the local AWS: CloudFormation has no such attribute.
      UserId: (user) => `AIDA${user.generatedId(17).toUpperCase()}`,
    },
  },
  'AWS::IAM::Policy': {
    supported: ['PolicyDocument', 'PolicyName', 'Roles', 'Users'],
    ignored: { Groups: NO_GROUPS },
    ref: named('PolicyName'),
  },
  'AWS::IAM::ManagedPolicy': {
    supported: ['ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles', 'Users'],
    ignored: { Description: 'informational', Groups: NO_GROUPS },
    values: { Path: ['/'] },
    ref: (policy) => iamArn(policy, `policy/${named('ManagedPolicyName')(policy)}`),
  },
  'AWS::RedshiftServerless::Workgroup': {
    supported: ['WorkgroupName'],
    ignored: { ...IGNORED_TAGS, BaseCapacity: DATABASE, MaxCapacity: DATABASE, NamespaceName: DATABASE, PubliclyAccessible: DATABASE },
    ref: named('WorkgroupName'),
    attributes: { 'Workgroup.WorkgroupArn': (workgroup) => workgroupArn(named('WorkgroupName')(workgroup), workgroup.environment) },
  },
  'AWS::Logs::LogGroup': {
    supported: ['LogGroupName'],
    ignored: {
      ...IGNORED_TAGS,
      DataProtectionPolicy: 'logs are not stored',
      KmsKeyId: 'logs are not stored',
      LogGroupClass: 'logs are not stored',
      RetentionInDays: 'logs are not stored',
    },
    ref: named('LogGroupName'),
    attributes: { Arn: (group) => arn(group, 'logs', `log-group:${named('LogGroupName')(group)}:*`) },
  },
  'AWS::EC2::SecurityGroup': {
    supported: [],
    ignored: {
      ...IGNORED_TAGS,
      GroupDescription: 'informational',
      SecurityGroupEgress: NETWORK,
      SecurityGroupIngress: NETWORK,
      VpcId: NETWORK,
    },
    ref: ({ generatedId }) => `sg-${generatedId(17)}`,
    attributes: { GroupId: ({ generatedId }) => `sg-${generatedId(17)}` },
  },
  'AWS::CDK::Metadata': {
    supported: [],
    ignored: { Analytics: 'usage metadata of the CDK' },
    ref: ({ logicalId }) => logicalId,
  },
};

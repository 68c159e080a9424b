import { managedPolicy } from './managed-policies';
import { conditionKeysOf } from './policy-document';
import type { NamedPolicy, PolicyDocument, PolicyStatement } from './policy-document';
import { CONDITION_KEYS } from './request-context';
import type { RolePolicies } from './role-policies';
import type { Properties } from '../template/properties';
import type { Resource, Stack } from '../template/stack';

/** All policies of a stack. */
export interface StackPolicies {
  /** Roles by name. */
  readonly roles: ReadonlyMap<string, RolePolicies>;
  /** Users by name. */
  readonly users: ReadonlyMap<string, RolePolicies>;
  /** Policies of queues, buckets, keys and functions, and trust policies of roles, by ARN. */
  readonly resourcePolicies: ReadonlyMap<string, PolicyDocument>;
}

const ROLE = 'AWS::IAM::Role';
const USER = 'AWS::IAM::User';
const POLICY_DOCUMENT = 'PolicyDocument';

/** Reads all policies of the stack. Adds problems for unsupported policies. */
export function readPolicies(stack: Stack): StackPolicies {
  const roles = stack.plan(ROLE, (role): [string, RolePolicies] => [role.ref, policiesOf(stack, role, 'Roles', 'RoleId')]);
  const users = stack.plan(USER, (user): [string, RolePolicies] => [user.ref, policiesOf(stack, user, 'Users', 'UserId')]);
  const policies = { roles: new Map(roles), users: new Map(users), resourcePolicies: new Map(resourcePolicies(stack)) };
  const all = [...policies.roles.values(), ...policies.users.values()]
    .flatMap(({ identityPolicies, boundary }) => [...identityPolicies, ...boundary ? [boundary] : []]);
  const named = [...all, ...[...policies.resourcePolicies].map(([name, policy]) => ({ name, policy }))];
  named.forEach(({ name, policy }) => unknownKeys(policy).forEach((key) =>
    stack.addProblem(name, 'policy', `the condition key ${key} is not supported by the local AWS`)));
  return policies;
}

/** Reads the policies of a role or user. `attachments` is the property of policies that names it. */
function policiesOf(stack: Stack, principal: Resource, attachments: string, idAttribute: string): RolePolicies {
  const { ref, properties, attribute } = principal;
  const inline = properties.objects('Policies').map((policy) => ({ name: `${principal.logicalId}/${policy.string('PolicyName')}`, policy: documentOf(policy) }));
  const attached = [...stack.resources('AWS::IAM::Policy'), ...stack.resources('AWS::IAM::ManagedPolicy')]
    .filter((policy) => policy.properties.list(attachments).includes(ref))
    .map(namedPolicy);
  const byArn = properties.list('ManagedPolicyArns').map((policyArn) => findPolicy(stack, String(policyArn), 'ManagedPolicyArns'));
  const boundary = properties.optionalString('PermissionsBoundary');
  return {
    arn: attribute('Arn'),
    id: attribute(idAttribute),
    identityPolicies: [...inline, ...attached, ...byArn],
    ...boundary === undefined ? {} : { boundary: findPolicy(stack, boundary, 'PermissionsBoundary') },
  };
}

function findPolicy(stack: Stack, policyArn: string, property: string): NamedPolicy {
  const own = stack.resources('AWS::IAM::ManagedPolicy').find(({ ref }) => ref === policyArn);
  const policy = own === undefined ? managedPolicy(policyArn) : documentOf(own.properties);
  if (policy === undefined) {
    throw new Error(`property ${property} is ${policyArn}: this managed policy is not supported by the local AWS: `
      + 'add it to local/aws/iam/managed-policies.ts');
  }
  return { name: own?.logicalId ?? policyArn, policy };
}

function namedPolicy({ logicalId, properties }: Resource): NamedPolicy {
  return { name: logicalId, policy: documentOf(properties) };
}

function documentOf(properties: Properties, property = POLICY_DOCUMENT): PolicyDocument {
  const document = properties.raw(property) as PolicyDocument | undefined;
  return { Version: '2012-10-17', ...document, Statement: document?.Statement ?? [] };
}

function resourcePolicies(stack: Stack): [string, PolicyDocument][] {
  const attached = [
    ...attachedTo(stack, 'AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', (queue, { properties }) => properties.list('Queues').includes(queue.ref)),
    ...attachedTo(stack, 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy', (bucket, { properties }) => properties.string('Bucket') === bucket.ref),
  ];
  const trust = stack.resources(ROLE)
    .map(({ attribute, properties }): [string, PolicyDocument] => [attribute('Arn'), documentOf(properties, 'AssumeRolePolicyDocument')]);
  const keys = stack.resources('AWS::KMS::Key').map(({ attribute, properties }): [string, PolicyDocument] => [attribute('Arn'), documentOf(properties, 'KeyPolicy')]);
  return [...attached, ...trust, ...keys, ...functionPolicies(stack)];
}

type Belongs = (resource: Resource, policy: Resource) => boolean;

function attachedTo(stack: Stack, type: string, policyType: string, belongs: Belongs): [string, PolicyDocument][] {
  return stack.resources(type).flatMap((resource): [string, PolicyDocument][] => {
    const policies = stack.resources(policyType).filter((policy) => belongs(resource, policy));
    const statements = policies.flatMap(({ properties }) => documentOf(properties).Statement);
    return statements.length === 0 ? [] : [[resource.attribute('Arn'), { Version: '2012-10-17', Statement: statements }]];
  });
}

/** Each permission is a statement of the function's policy. */
function functionPolicies(stack: Stack): [string, PolicyDocument][] {
  return stack.resources('AWS::Lambda::Function').map(({ attribute, ref }) => {
    const functionArn = attribute('Arn');
    const statements = stack.resources('AWS::Lambda::Permission')
      .filter(({ properties }) => [functionArn, ref].includes(properties.string('FunctionName')))
      .map((permission) => permissionStatement(permission, functionArn));
    return [functionArn, { Version: '2012-10-17', Statement: statements }];
  });
}

function permissionStatement({ properties }: Resource, functionArn: string): PolicyStatement {
  const sourceArn = properties.optionalString('SourceArn');
  return {
    Effect: 'Allow',
    Principal: { Service: properties.string('Principal') },
    Action: properties.string('Action'),
    Resource: functionArn,
    ...sourceArn === undefined ? {} : { Condition: { ArnLike: { 'aws:SourceArn': sourceArn } } },
  };
}

function unknownKeys(policy: PolicyDocument): string[] {
  return conditionKeysOf(policy).filter((key) => !CONDITION_KEYS.includes(key));
}

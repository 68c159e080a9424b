import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { DatabaseUser, RedshiftCluster } from '../../src';
import { allowedResources, construct, environmentOf, newStack, templateOf } from '../support/construct';

const WORKGROUP_ARN = 'arn:aws:redshift-serverless:us-east-1:111122223333:workgroup/0f1c2d3e-aaaa-bbbb-cccc-1234567890ab';
const AUTHENTICATION_ACTIONS = [
  'redshift:GetClusterCredentials',
  'redshift:GetClusterCredentialsWithIAM',
  'redshift-serverless:GetCredentials',
  'secretsmanager:GetSecretValue',
  'kms:Decrypt',
];

/** The permissions for authentication that a template allows. */
function authenticationsOf(template: Template): Record<string, string[]> {
  const entries = AUTHENTICATION_ACTIONS.map((action) => [action, allowedResources(template, action)] as const);
  return Object.fromEntries(entries.filter(([, resources]) => resources.length > 0));
}

it('authenticates a named user on a cluster with temporary credentials', () => {
  const template = templateOf({ databaseUser: DatabaseUser.named('awsuser') });
  expect(authenticationsOf(template)).toEqual({
    'redshift:GetClusterCredentials': [
      'arn:{AWS::Partition}:redshift:us-east-1:111122223333:dbuser:analytics/awsuser',
      'arn:{AWS::Partition}:redshift:us-east-1:111122223333:dbname:analytics/dev',
    ],
  });
  expect(environmentOf(template, 'on-connect')).toMatchObject({ DATABASE_USER: 'awsuser' });
});

it('authenticates the role on a cluster', () => {
  const template = templateOf({ databaseUser: DatabaseUser.iam() });
  expect(authenticationsOf(template)).toEqual({ 'redshift:GetClusterCredentialsWithIAM': ['arn:{AWS::Partition}:redshift:us-east-1:111122223333:dbname:analytics/dev'] });
  expect(environmentOf(template, 'on-connect')).not.toHaveProperty('DATABASE_USER');
});

it('authenticates the role on a workgroup', () => {
  const template = templateOf({ cluster: RedshiftCluster.fromWorkgroupArn(WORKGROUP_ARN), databaseUser: DatabaseUser.iam() });
  expect(authenticationsOf(template)).toEqual({ 'redshift-serverless:GetCredentials': [WORKGROUP_ARN] });
});

describe.each([
  ['a cluster', RedshiftCluster.fromClusterIdentifier('analytics')],
  ['a workgroup', RedshiftCluster.fromWorkgroupArn(WORKGROUP_ARN)],
])('a secret for %s', (_, cluster) => {
  it('can be read, and no other credentials are allowed', () => {
    const stack = newStack();
    const secret = new secretsmanager.Secret(stack, 'Secret');
    const template = templateOf({ cluster, databaseUser: DatabaseUser.secret(secret) }, stack);
    expect(authenticationsOf(template)).toEqual({ 'secretsmanager:GetSecretValue': [expect.stringMatching(/^\{Secret\w+}$/)] });
    expect(environmentOf(template, 'on-connect')).toMatchObject({ SECRET_ARN: { Ref: expect.stringMatching(/^Secret/) } });
  });
});

it('allows decryption when a secret has a customer managed key', () => {
  const stack = newStack();
  const secret = new secretsmanager.Secret(stack, 'Secret', { encryptionKey: new kms.Key(stack, 'Key') });
  expect(authenticationsOf(templateOf({ databaseUser: DatabaseUser.secret(secret) }, stack))).toHaveProperty('kms:Decrypt', [expect.stringMatching(/^\{Key\w+\.Arn}$/)]);
});

describe('a secret under a customer managed key', () => {
  it('can be decrypted only through Secrets Manager', () => {
    const stack = newStack();
    const secret = new secretsmanager.Secret(stack, 'Secret', { encryptionKey: new kms.Key(stack, 'Key') });
    templateOf({ databaseUser: DatabaseUser.secret(secret) }, stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: 'kms:Decrypt',
          Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.us-east-1.', { Ref: 'AWS::URLSuffix' }]] } } },
        })]),
      },
    });
  });
});

it('allows any suffix of Secrets Manager when a secret is known only by its name', () => {
  const stack = newStack();
  const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'warehouse/reader');
  const template = templateOf({ databaseUser: DatabaseUser.secret(secret) }, stack);
  expect(authenticationsOf(template)['secretsmanager:GetSecretValue']).toEqual([
    'arn:{AWS::Partition}:secretsmanager:us-east-1:111122223333:secret:warehouse/reader-??????',
  ]);
  expect(environmentOf(template, 'on-connect')).toMatchObject({ SECRET_ARN: 'warehouse/reader' });
});

describe('DatabaseUser', () => {
  it('throws when a user name is used with a workgroup', () => {
    const cluster = RedshiftCluster.fromWorkgroupArn(WORKGROUP_ARN);
    expect(() => construct({ cluster })).toThrow(`the database user 'awsuser' is invalid for the Serverless workgroup '${WORKGROUP_ARN}', which has no credentials by user name: use DatabaseUser.iam()`);
  });

  it.each(['', ' awsuser'])('throws when the user name is %j', (name) => {
    expect(() => DatabaseUser.named(name)).toThrow(`'${name}' is not a name of a database user`);
  });
});

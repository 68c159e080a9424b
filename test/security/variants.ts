import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { App, Environment } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { TaxiByMonthStack } from '../../examples/taxi-by-month/taxi-by-month-stack';
import { ConnectionAccess, DatabaseUser, RedshiftCluster, RedshiftWebSocketQuery } from '../../src';
import type { RedshiftWebSocketQueryProps } from '../../src';
import { LEAST_PROPS } from '../support/construct';

const ACCOUNT = '111122223333';

type Props = (stack: Stack) => Partial<RedshiftWebSocketQueryProps>;

const workgroupArn = (stack: Stack) => stack.formatArn({ service: 'redshift-serverless', resource: 'workgroup', resourceName: '0f1c2d3e-4a5b-6c7d-8e9f-a0b1c2d3e4f5' });
const secret = (stack: Stack) => Secret.fromSecretAttributes(stack, 'Secret', {
  secretCompleteArn: stack.formatArn({ service: 'secretsmanager', resource: 'secret', resourceName: 'warehouse-Ab12Cd', arnFormat: ArnFormat.COLON_RESOURCE_NAME }),
  encryptionKey: kms.Key.fromKeyArn(stack, 'SecretKey', stack.formatArn({ service: 'kms', resource: 'key', resourceName: '01234567-89ab-cdef-0123-456789abcdef' })),
});
const encryption: Props = (stack) => ({ encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }) });
const network: Props = (stack) => ({
  vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['a', 'b'],
    privateSubnetIds: ['subnet-0bbbbbbbbbbbbbbb1', 'subnet-0bbbbbbbbbbbbbbb2'],
  }),
});
const boundary: Props = (stack) => ({ permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary') });
const role: Props = (stack) => ({ statementRole: new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }) });

/** Constructs with different props, by the name of the stack. */
const CONSTRUCTS: Readonly<Record<string, Props>> = {
  Least: () => ({}),
  ClusterAsRole: () => ({ databaseUser: DatabaseUser.iam() }),
  ClusterBySecret: (stack) => ({ databaseUser: DatabaseUser.secret(secret(stack)) }),
  WorkgroupOfAnArn: (stack) => ({ cluster: RedshiftCluster.fromWorkgroupArn(workgroupArn(stack)), databaseUser: DatabaseUser.iam() }),
  WorkgroupOfAName: () => ({ cluster: RedshiftCluster.fromWorkgroupName('analytics'), databaseUser: DatabaseUser.iam() }),
  WorkgroupOfTheStack: (stack) => ({
    cluster: RedshiftCluster.fromWorkgroup(new CfnWorkgroup(stack, 'Workgroup', { workgroupName: 'of-the-stack', namespaceName: 'space' })),
    databaseUser: DatabaseUser.iam(),
  }),
  Open: () => ({ access: ConnectionAccess.open() }),
  UserPool: (stack) => {
    const userPool = cognito.UserPool.fromUserPoolArn(stack, 'Pool', stack.formatArn({ service: 'cognito-idp', resource: 'userpool', resourceName: 'us-east-1_AbCdEfGhI' }));
    return { access: ConnectionAccess.cognitoUserPool(userPool, { userPoolClients: [cognito.UserPoolClient.fromUserPoolClientId(stack, 'Client', 'client')] }) };
  },
  OpenIdConnect: () => ({ access: ConnectionAccess.openIdConnect({ issuer: 'https://id.example.com', audience: ['app'] }), allowedOrigins: ['https://app.example.com'] }),
  OwnAuthorizer: (stack) => ({
    access: ConnectionAccess.lambdaAuthorizer(lambda.Function.fromFunctionAttributes(stack, 'Authorizer', {
      functionArn: stack.formatArn({ service: 'lambda', resource: 'function', resourceName: 'authorizer', arnFormat: ArnFormat.COLON_RESOURCE_NAME }),
      sameEnvironment: true,
    })),
  }),
  Tickets: () => ({ access: ConnectionAccess.oneTimeTicket() }),
  EncryptedTickets: (stack) => ({ ...encryption(stack), ...network(stack), access: ConnectionAccess.oneTimeTicket() }),
  Encrypted: encryption,
  InVpc: network,
  Bounded: boundary,
  OwnRole: role,
  Everything: (stack) => ({
    ...encryption(stack),
    ...network(stack),
    ...boundary(stack),
    ...role(stack),
    accessLogs: true,
    databaseUser: DatabaseUser.iam(),
    access: ConnectionAccess.oneTimeTicket(),
  }),
};

/** The names of all variants: those of the construct, and the taxi application. */
export const VARIANTS: readonly string[] = [...Object.keys(CONSTRUCTS), 'TaxiByMonth'];

/** The Regions, one of each partition, in which the variants are synthesized; the last is known at deployment only. */
export const PLACES = ['us-east-1', 'cn-north-1', 'us-gov-west-1', 'anywhere'] as const;

export type Place = typeof PLACES[number];

/** Adds all variants to an app, each as a stack of its own. */
export function addVariants(app: App, place: Place): Stack[] {
  const env: Environment = place === 'anywhere' ? {} : { account: ACCOUNT, region: place };
  const stacks = Object.entries(CONSTRUCTS).map(([name, props]) => {
    const stack = new Stack(app, name, { env });
    new RedshiftWebSocketQuery(stack, 'Query', { ...LEAST_PROPS, ...props(stack) });
    return stack;
  });
  return [...stacks, new TaxiByMonthStack(app, 'TaxiByMonth', { env })];
}

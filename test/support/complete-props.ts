import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ConnectionAccess, DatabaseUser, QueryParameter, RedshiftCluster, SqlTemplate } from '../../src';
import type { RedshiftWebSocketQueryProps } from '../../src';

/** Every prop, each with another value than its default, for a construct in a stack. */
export function completeProps(stack: Stack): Required<RedshiftWebSocketQueryProps> {
  return {
    cluster: RedshiftCluster.fromWorkgroupArn('arn:aws:redshift-serverless:us-east-1:111122223333:workgroup/0f1c2d3e-aaaa-bbbb-cccc-1234567890ab'),
    databaseName: 'dev',
    databaseUser: DatabaseUser.iam(),
    sql: SqlTemplate.inline('SELECT * FROM trips WHERE month = :trip_month AND zone = :zone'),
    parameters: {
      trip_month: QueryParameter.string({ pattern: '^\\d{4}-\\d{2}$', minLength: 7, maxLength: 7 }),
      zone: QueryParameter.string(),
    },
    access: ConnectionAccess.open(),
    allowedOrigins: ['https://app.example.com'],
    throttle: { rateLimit: 10, burstLimit: 20 },
    stageName: 'live',
    timeout: Duration.minutes(5),
    reconnectGracePeriod: Duration.minutes(2),
    resultReuse: Duration.minutes(90),
    resultRetention: Duration.days(3),
    maxRows: 1000,
    maxResultSize: Size.bytes(1_000_000),
    allowWrites: true,
    maxQueriesPerConnection: 3,
    maxQueriesPerCaller: 7,
    inlineWait: Duration.seconds(3),
    logRetention: logs.RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.RETAIN,
    encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
    permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'),
    statementRole: lambdaRole(stack, 'Role'),
    ...networkProps(stack),
    accessLogs: true,
  };
}

/** A role that functions can have. */
export function lambdaRole(stack: Stack, id: string): iam.Role {
  return new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}

/** A network that is there already, and what of it functions can use. */
export function networkProps(stack: Stack): Required<Pick<RedshiftWebSocketQueryProps, 'vpc' | 'vpcSubnets' | 'securityGroups'>> {
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['us-east-1a', 'us-east-1b'],
    publicSubnetIds: ['subnet-0aaaaaaaaaaaaaaa1', 'subnet-0aaaaaaaaaaaaaaa2'],
    privateSubnetIds: ['subnet-0bbbbbbbbbbbbbbb1', 'subnet-0bbbbbbbbbbbbbbb2'],
    isolatedSubnetIds: ['subnet-0ccccccccccccccc1', 'subnet-0ccccccccccccccc2'],
  });
  return {
    vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'SecurityGroup', 'sg-0123456789abcdef0')],
  };
}

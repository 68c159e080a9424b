import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import {
  allowMissing, checkForEnum, checkForInstance, checkForList, checkForMap, checkForObject, checkProps, requireBoolean, requireDuration, requireNumber,
  requireParameter, requireSize, requireString,
} from './cdk/prop-checks';
import type { Checks } from './cdk/prop-checks';
import type { QueryProps } from './query/query-props';
import type { RedshiftWebSocketQueryProps } from './redshift-websocket-query-props';

const QUERY_CHECKS: Checks<QueryProps> = {
  sql: checkForInstance('_source', 'use SqlTemplate.inline() or SqlTemplate.fromFile()'),
  parameters: allowMissing(checkForMap(requireParameter, 'give an object with a QueryParameter for each name')),
  timeout: allowMissing(requireDuration),
  reconnectGracePeriod: allowMissing(requireDuration),
  resultReuse: allowMissing(requireDuration),
  resultRetention: allowMissing(requireDuration),
  maxRows: allowMissing(requireNumber),
  maxResultSize: allowMissing(requireSize),
  allowWrites: allowMissing(requireBoolean),
};

const CONSTRUCT_CHECKS: Checks<RedshiftWebSocketQueryProps> = {
  ...QUERY_CHECKS,
  cluster: checkForInstance(
    '_statementArn',
    'use a factory of RedshiftCluster, such as RedshiftCluster.fromClusterIdentifier() or RedshiftCluster.fromWorkgroupArn()',
  ),
  databaseName: allowMissing(requireString),
  databaseUser: checkForInstance('_secret', 'use DatabaseUser.named(), DatabaseUser.iam() or DatabaseUser.secret()'),
  access: allowMissing(checkForInstance(
    '_bind',
    'use a factory of ConnectionAccess, such as ConnectionAccess.iam() or ConnectionAccess.cognitoUserPool()',
  )),
  allowedOrigins: allowMissing(checkForList(requireString, "give a list, such as ['https://app.example.com']")),
  throttle: allowMissing(checkForObject('give an object, such as { rateLimit: 1000, burstLimit: 2000 }')),
  stageName: allowMissing(requireString),
  maxQueriesPerConnection: allowMissing(requireNumber),
  maxQueriesPerCaller: allowMissing(requireNumber),
  inlineWait: allowMissing(requireDuration),
  encryptionKey: allowMissing(checkForInstance('keyArn', 'use new kms.Key() or kms.Key.fromKeyArn()')),
  permissionsBoundary: allowMissing(checkForInstance('managedPolicyArn', 'use new iam.ManagedPolicy() or iam.ManagedPolicy.fromManagedPolicyArn()')),
  statementRole: allowMissing(checkForInstance('roleArn', 'use new iam.Role() or iam.Role.fromRoleArn()')),
  vpc: allowMissing(checkForInstance('selectSubnets', 'use new ec2.Vpc(), ec2.Vpc.fromLookup() or ec2.Vpc.fromVpcAttributes()')),
  vpcSubnets: allowMissing(checkForObject('give an object, such as { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } or { subnets: […] }')),
  securityGroups: allowMissing(checkForList(
    checkForInstance('securityGroupId', 'use new ec2.SecurityGroup() or ec2.SecurityGroup.fromSecurityGroupId()'),
    'give a list of security groups, such as [ec2.SecurityGroup.fromSecurityGroupId(…)]',
  )),
  accessLogs: allowMissing(requireBoolean),
  logRetention: allowMissing(checkForEnum('logs.RetentionDays', logs.RetentionDays)),
  removalPolicy: allowMissing(checkForEnum('RemovalPolicy', RemovalPolicy)),
};

/** Throws if a prop of a query is missing or has the wrong type. */
export function validateQueryProps(props: QueryProps): void {
  checkForObject('give an object with the props of the query')('props', props);
  checkProps(props, QUERY_CHECKS);
}

/** Throws if a prop of the construct is missing or has the wrong type. */
export function validateConstructProps(props: RedshiftWebSocketQueryProps): void {
  checkForObject('give an object with the props of the construct')('props', props);
  checkProps(props, CONSTRUCT_CHECKS);
}
